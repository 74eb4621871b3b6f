"""The programme's file with what was changed in the bot: the file's tables, read by its reader."""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, cast

from loyalty.programme.load import Tables, load_tables, read_tables
from loyalty.programme.mistakes import ProgrammeInvalid
from loyalty.programme.model import Programme
from loyalty.programme.settable import Figure, Item, Path, figures
from loyalty.programme.typed import Raw
from loyalty.programme.values import as_fraction

TEXTS = "texts."  # begins the keys of the owner's texts, which no file has
_FAR = 10**18
_LAST_PLACE = re.compile(r"\[[0-9]+\]$")


@dataclass(frozen=True)
class Fitted:
    """The programme in force, and the keys of what was changed and does not fit the file."""

    programme: Programme
    unfit: tuple[str, ...]


class ProgrammeFile:
    """A programme's file that was read and is valid, ready to be changed in places."""

    def __init__(self, tables: Tables, file_name: str, folder: FilePath | None) -> None:
        """Raises ProgrammeInvalid."""
        self._tables = tables
        self.file_name = file_name
        self._folder = folder
        self.programme = read_tables(tables, file_name=file_name, folder=folder)
        self.figures: Mapping[str, Figure] = MappingProxyType(figures(self.programme))
        self._keys_by_place = {
            _place(tables, figure.path): key for key, figure in self.figures.items()
        }

    @classmethod
    def load(cls, path: FilePath) -> "ProgrammeFile":
        """The file at this path; raises ProgrammeInvalid."""
        return cls(load_tables(path), path.name, path.parent)

    def changed(self, overrides: Mapping[str, Raw]) -> Programme:
        """The programme with these values in the file's place; None leaves a key out.

        Raises:
            ProgrammeInvalid: they do not fit the file, or each other.
            KeyError: the file has no such figure.
        """
        texts = {key: str(raw) for key, raw in overrides.items() if key.startswith(TEXTS)}
        tables = copy.deepcopy(self._tables) if len(texts) < len(overrides) else None
        if tables is None:
            return replace(self.programme, texts=MappingProxyType(texts))
        for key, raw in overrides.items():
            if not key.startswith(TEXTS):
                _put(tables, self.figures[key].path, raw)
        # The files that it names were looked into as it was read; nobody changes those here.
        read = read_tables(tables, file_name=self.file_name, folder=None)
        return replace(read, folder=self._folder, texts=MappingProxyType(texts))

    def fitted(self, overrides: Mapping[str, Raw]) -> Fitted:
        """The same for values that were valid with another file: what fits of them.

        Where not all do, they are taken in their order, each that fits with those before it; two
        that fit only together find each other in the second round.
        """
        known = {key: raw for key, raw in overrides.items() if self._has(key)}
        try:
            return Fitted(self.changed(known), _without(overrides, known))
        except ProgrammeInvalid:
            kept: dict[str, Raw] = {}
            for _ in range(2):
                for key, raw in known.items():
                    if key not in kept and self._fits({**kept, key: raw}):
                        kept[key] = raw
            return Fitted(self.changed(kept), _without(overrides, kept))

    def key_at(self, where: str) -> str | None:
        """The figure that a mistake names, such as "tiers.level[0].from"; None for none of them."""
        return self._keys_by_place.get(where) or self._keys_by_place.get(_LAST_PLACE.sub("", where))

    def _has(self, key: str) -> bool:
        return key.startswith(TEXTS) or key in self.figures

    def _fits(self, overrides: Mapping[str, Raw]) -> bool:
        try:
            self.changed(overrides)
        except ProgrammeInvalid:
            return False
        return True


def _place(tables: Tables, path: Path) -> str:
    """As a mistake names it."""
    place, table = "", cast("dict[str, Any]", tables)
    for step in path:
        if isinstance(step, Item):
            found = _found(table, step)
            place += f".{step.listed}[{table[step.listed].index(found)}]"
            table = found
        else:
            place += f".{step}"
            table = table.get(step, {})
    return place.removeprefix(".")


def _without(overrides: Mapping[str, Raw], kept: Mapping[str, Raw]) -> tuple[str, ...]:
    return tuple(key for key in overrides if key not in kept)


def _put(tables: dict[str, Any], path: Path, raw: Raw) -> None:
    table = tables
    for step in path[:-1]:
        table = _found(table, step) if isinstance(step, Item) else table.setdefault(step, {})
    last = path[-1]
    assert isinstance(last, str), "a path ends with a key"
    if raw is None:
        table.pop(last, None)
    else:
        table[last] = raw


def _found(table: dict[str, Any], item: Item) -> dict[str, Any]:
    for found in table[item.listed]:
        raw = found.get(item.by)
        if isinstance(item.value, Fraction):
            raw = as_fraction(raw, low=0, high=_FAR)
        if raw == item.value:
            listed: dict[str, Any] = found
            return listed
    raise KeyError(item)
