"""What can be changed in /settings: the programme's figures and the owner's own texts alike."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from fractions import Fraction
from typing import cast

from loyalty.programme import Programme
from loyalty.programme.settable import Figure, Kind, Section, figures
from loyalty.programme.text import Text
from loyalty.programme.typed import Raw, dump_raw, raw_of
from loyalty.quiet_hours import QuietHours
from operations.own_texts import text_key
from templates.figure_words import DAYS_SHOWN_MAX, Title, Value
from templates.own_texts import OwnText

CODE_CHARS = 12


@dataclass(frozen=True)
class Subject:
    """One of them, in a programme that has it."""

    key: str
    section: Section
    word: str
    figure: Figure | None = None
    text: OwnText | None = None
    language: str | None = None  # of a text
    of: Text | None = None
    of_code: str | None = None

    @property
    def code(self) -> str:
        """What a button calls it: a key is too long for one."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:CODE_CHARS]

    def title(self, language: str) -> Title:
        return Title(
            word=self.word,
            of=None if self.of is None else self.of.of(language),
            from_bill=None if self.figure is None else self.figure.from_bill,
            language=self.language,
        )

    def raw(self, programme: Programme) -> Raw:
        """What holds in this programme, as the file would say it; None: left out, our own words."""
        if self.figure is None:
            return programme.texts.get(self.key)
        value = self.figure.get(programme)
        return raw_of(self.figure, value, programme.business.minor_digits)

    def seen(self, programme: Programme) -> str:
        """The same as one text: two values are the same if their texts are."""
        return dump_raw(self.raw(programme))

    def value(self, programme: Programme) -> Value | None:
        """To be shown; None for a text."""
        return None if self.figure is None else value_of(self.figure, self.figure.get(programme))


def subjects(programme: Programme) -> dict[str, Subject]:
    """All of them by key, in the order in which they are shown."""
    found = [
        Subject(
            key=figure.key,
            section=figure.section,
            word=figure.word,
            figure=figure,
            of=figure.of,
            of_code=figure.of_code,
        )
        for figure in figures(programme).values()
    ]
    return {subject.key: subject for subject in (*found, *_texts(programme))}


def subject_of_code(programme: Programme, code: str) -> Subject | None:
    """The one that a button means; None: forged, or gone from the file."""
    return next((found for found in subjects(programme).values() if found.code == code), None)


def _texts(programme: Programme) -> Iterator[Subject]:
    languages = programme.business.languages
    for kind in (OwnText.WELCOME, OwnText.RULES):
        for language in languages:
            yield Subject(
                key=text_key(kind, language),
                section=Section.TEXTS,
                word=f"texts_{kind}",
                text=kind,
                language=language,
            )
    for level in programme.tiers.levels if programme.tiers.stated else ():
        for language in languages:
            yield Subject(
                key=text_key(OwnText.PRIVILEGES, language, level.code),
                section=Section.TEXTS,
                word=f"texts_{OwnText.PRIVILEGES}",
                text=OwnText.PRIVILEGES,
                language=language,
                of=level.name,
                of_code=level.code,
            )


def value_of(figure: Figure, value: object) -> Value:
    """A programme's value, ready to be written in words."""
    kind = figure.kind
    if value is None:
        return Value(kind)
    if kind is Kind.CHOICE:
        option = raw_of(figure, value, 0)
        assert isinstance(option, str), "a choice is one of a few words"
        return Value(kind, option=option)
    if isinstance(value, Fraction):
        return Value(kind, exact=value)
    if isinstance(value, time):
        return Value(kind, times=(value,))
    if isinstance(value, QuietHours):
        return Value(kind, times=(value.from_, value.to))
    if isinstance(value, tuple):
        return Value(kind, days=cast("tuple[int, ...]", value)[:DAYS_SHOWN_MAX])
    assert isinstance(value, int)
    return Value(kind, number=value)
