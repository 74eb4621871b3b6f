"""The words on buttons, from `ru/labels.toml` and `en/labels.toml`."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from templates import lengths
from templates.keyboards import LABEL_UTF16_MAX
from templates.words import LANGUAGES, Words

VALUE_UTF16_MAX = 32

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_FOLDER = Path(__file__).parent


class LabelUnknown(LookupError):
    """No label of this key."""


class LabelMisfilled(ValueError):
    """The values given are not exactly the placeholders that the label has."""


@dataclass(frozen=True)
class Labels:
    """``labels("menu.card")``, and with placeholders ``labels("pay", sum=words.money(n))``."""

    words: Words

    def __call__(self, key: str, **values: str | int) -> str:
        """The label in this language; a number is written as numbers are, long values are cut."""
        try:
            label = label_table(self.words.lang)[key]
        except KeyError:
            raise LabelUnknown(key) from None
        if set(PLACEHOLDER.findall(label)) != values.keys():
            raise LabelMisfilled(key)
        if not values:
            return label
        filled = PLACEHOLDER.sub(lambda found: self._written(values[found[1]]), label)
        return lengths.short(filled, LABEL_UTF16_MAX)

    def _written(self, value: str | int) -> str:
        if isinstance(value, int):
            return self.words.number(value)
        return lengths.short(value, VALUE_UTF16_MAX)


def spellings(key: str) -> frozenset[str]:
    """A label in every language: what a tap on such a reply key may send."""
    for lang in LANGUAGES:
        if key not in label_table(lang):
            raise LabelUnknown(key)
    return frozenset(label_table(lang)[key] for lang in LANGUAGES)


@functools.cache
def menu_spellings() -> frozenset[str]:
    """What a tap on any key of the menu may send."""
    keys = [key for key in label_table(LANGUAGES[0]) if key.startswith("menu.")]
    return frozenset().union(*map(spellings, keys))


@functools.cache
def label_table(lang: str) -> Mapping[str, str]:
    """All labels of a language by their dotted keys."""
    text = (_FOLDER / lang / "labels.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text), ""))


def _flat(table: dict[str, Any], path: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{path}{key}.")
        else:
            assert isinstance(value, str), f"{path}{key} is not a text"
            found.append((path + key, value))
    return found
