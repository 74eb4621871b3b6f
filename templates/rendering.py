"""From a context to what Telegram gets: text, keyboard, picture."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from templates.acts import act_name
from templates.figure_words import (
    Title,
    Value,
    about_words,
    section_words,
    title_words,
    value_words,
)
from templates.keyboards import Keyboard
from templates.labels import Labels
from templates.markup import (
    CAPTION_UTF16_MAX,
    TEXT_UTF16_MAX,
    TOAST_UTF16_MAX,
    fit,
    plain_text,
)
from templates.messages import Message, Toast
from templates.perks import perk_name
from templates.pictures import Picture
from templates.words import FILTERS, LANGUAGES, LanguageUnknown, Words

FOLDER = Path(__file__).parent

# What would let unescaped text through, or has no business in a message.
_REMOVED_FILTERS = (
    "safe",
    "forceescape",
    "tojson",
    "urlize",
    "xmlattr",
    "pprint",
    "attr",
    "random",
)


class MessageEmpty(ValueError):
    """A template rendered to nothing; Telegram takes no empty text."""


@dataclass(frozen=True)
class Rendered:
    """A message ready to send: HTML within Telegram's limits."""

    text: str
    keyboard: Keyboard | None = None
    picture: Picture | None = None
    was_cut: bool = False  # the context was longer than the template reckoned with: log it

    @property
    def plain(self) -> str:
        """The text without tags and entities, for toasts and for when Telegram refuses the HTML."""
        return plain_text(self.text)


@dataclass(frozen=True)
class Renderer:
    """Renders messages for one business; `now` is the business's clock."""

    currency: str
    minor_digits: int
    timezone: ZoneInfo
    now: Callable[[], datetime]

    def words(self, lang: str, *, timezone: ZoneInfo | None = None) -> Words:
        """Numbers, money and dates in this language."""
        zone = timezone or self.timezone
        return Words(lang, self.currency, self.minor_digits, zone, self.now())

    def labels(self, lang: str) -> Labels:
        """The words on buttons in this language."""
        return Labels(self.words(lang))

    def render(self, context: Message, lang: str, *, timezone: ZoneInfo | None = None) -> Rendered:
        """The message in this language; moments in the given zone, else in the business's.

        Raises `LanguageUnknown`, `MessageEmpty`, and Jinja's errors where a template is wrong.
        """
        words = self.words(lang, timezone=timezone)
        labels = Labels(words)
        template = environment(lang).get_template(f"{context.message_name}.j2")
        variables: dict[str, Any] = {
            field.name: getattr(context, field.name) for field in fields(context)
        }
        text = normalised(template.render(variables, words=words))
        if not plain_text(text).strip():
            raise MessageEmpty(context.message_name)
        picture = context.picture(labels)
        fitting = fit(text, _length_max(context, picture))
        return Rendered(fitting, context.keyboard(labels), picture, was_cut=fitting != text)


def normalised(text: str) -> str:
    """No spaces at line ends, at most one empty line in a row, none around; no lone surrogates."""
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"[\ud800-\udfff]", "\ufffd", re.sub(r"\n{3,}", "\n\n", text))


@functools.cache
def environment(lang: str) -> Environment:
    """The Jinja environment of a language; compiles each template once in a process."""
    if lang not in LANGUAGES:
        raise LanguageUnknown(lang)
    env = Environment(
        loader=FileSystemLoader(FOLDER / lang),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    for name in _REMOVED_FILTERS:
        del env.filters[name]
    env.filters.update({name: _filter(name) for name in FILTERS})
    env.globals = {"label": _label, "perk": _perk, "act": _act, "range": range}
    env.globals["settings_section"] = _settings_section
    env.globals |= {"figure": _figure, "figure_about": _figure_about, "figure_value": _figure_value}
    return env


def _filter(name: str) -> Callable[..., object]:
    @pass_context
    def apply(context: Context, *arguments: Any, **named: Any) -> object:
        return getattr(_words(context), name)(*arguments, **named)

    return apply


@pass_context
def _label(context: Context, key: str, **values: str | int) -> str:
    return Labels(_words(context))(key, **values)


@pass_context
def _perk(context: Context, code: str) -> str:
    return perk_name(code, Labels(_words(context)))


@pass_context
def _act(context: Context, code: str) -> str:
    return act_name(code, Labels(_words(context)))


@pass_context
def _settings_section(context: Context, section: str) -> str:
    return section_words(section, Labels(_words(context)))


@pass_context
def _figure(context: Context, title: Title) -> str:
    return title_words(title, Labels(_words(context)))


@pass_context
def _figure_about(context: Context, word: str) -> str:
    return about_words(word, Labels(_words(context)))


@pass_context
def _figure_value(context: Context, value: Value, word: str) -> str:
    return value_words(value, word, Labels(_words(context)))


def _words(context: Context) -> Words:
    words = context.get("words")
    assert isinstance(words, Words), "import a template `with context`, or its filters know nothing"
    return words


def _length_max(context: Message, picture: Picture | None) -> int:
    if isinstance(context, Toast):
        return TOAST_UTF16_MAX
    return TEXT_UTF16_MAX if picture is None else CAPTION_UTF16_MAX
