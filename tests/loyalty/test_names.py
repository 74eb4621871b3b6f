"""People's names: any Unicode, kept as written and made harmless."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.names import (
    NAME_MAX_CHARS,
    NameEmpty,
    NameIsNumber,
    NameTooLong,
    name_from_profile,
    public_name,
    read_name,
)

RIGHT_TO_LEFT_OVERRIDE = "\u202e"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Анна", "Анна"),
        ("  Анна \t\n Мария  ", "Анна Мария"),
        ("Анна\u00a0Мария", "Анна Мария"),
        (f"{RIGHT_TO_LEFT_OVERRIDE}Анна", "Анна"),
        ("Ан\u200bна\ufeff", "Анна"),
        ("Ан\x00на\x07", "Анна"),
        ("Йод".replace("Й", "И\u0306"), "Йод"),
        ("👩\u200d🔧 Оля", "👩\u200d🔧 Оля"),
        ("שרה", "שרה"),
        ("O'Brien-Ґалаґан", "O'Brien-Ґалаґан"),
        ("🔥", "🔥"),
    ],
)
def test_a_name_is_kept_without_what_cannot_be_seen(typed: str, name: str) -> None:
    assert read_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["<b>Анна</b>", '<a href="tg://user?id=1">', "=1+1", "+1+1", "-2", "@anna", "Анна 2"],
)
def test_markup_and_formulas_are_a_name_like_any_other(typed: str) -> None:
    assert read_name(typed) == typed


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "\u3164", "\u2800 \u2800", "\x00", "\u0301"])
def test_a_name_that_nobody_can_see_is_refused(typed: str) -> None:
    with pytest.raises(NameEmpty):
        read_name(typed)
    assert name_from_profile(typed) is None


@pytest.mark.parametrize("typed", ["12345", " 1 2 ", "٣٤", "+7 (903) 555-00-01", "8 903 555 00 01"])
def test_a_number_is_no_name(typed: str) -> None:
    with pytest.raises(NameIsNumber):
        read_name(typed)


def test_a_name_of_64_characters_is_the_longest() -> None:
    assert read_name("я" * 64) == "я" * 64
    with pytest.raises(NameTooLong) as refused:
        read_name("я" * 65)
    assert refused.value.length_chars == 65


def test_a_name_from_a_profile_is_cut_as_nobody_can_be_asked() -> None:
    assert name_from_profile("я" * 200) == "я" * 64
    assert name_from_profile("я" * 63 + " Анна") == "я" * 63


@given(st.text(max_size=200))
def test_whatever_a_profile_says_the_name_is_short_and_harmless(text: str) -> None:
    name = name_from_profile(text)
    if name is None:
        return
    assert 1 <= len(name) <= NAME_MAX_CHARS
    assert name == name.strip()
    with suppress(NameIsNumber):  # who typed it would be asked for another, a profile is not
        assert read_name(name) == name
    for character in name:
        category = unicodedata.category(character)
        assert not category.startswith("C") or character in "\u200c\u200d"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Анна Константинова", "Анна К."),
        ("  анна   де ла Крус ", "анна Д."),
        ("Анна", "Анна"),
        ("Анна 89123456789", "Анна"),
        ("89123456789", None),
        ("Анна1990", None),
        ("Борис. П.", "Борис П."),
        ("...", None),
        ("", None),
        (None, None),
        ("<b>Анна</b> Ы", "<b>Анна</b> Ы."),
    ],
)
def test_others_read_a_first_name_and_an_initial(name: str | None, shown: str | None) -> None:
    assert public_name(name) == shown


@given(st.text())
def test_no_second_word_and_no_phone_is_ever_shown(name: str) -> None:
    shown = public_name(name)
    if shown is not None:
        first, _, initial = shown.partition(" ")
        assert not any(character.isdecimal() for character in first)
        assert len(initial) <= 4  # some letters grow as they are made capital
