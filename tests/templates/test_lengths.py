"""Cuts that Telegram counts as we do, and that break no character."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from templates.lengths import clip, short, utf16_length

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069"
any_text = st.text() | st.text("ab \n\t\u202e👨\u200d👩é́🏽אب", max_size=60)


@given(any_text)
def test_the_length_is_counted_in_utf16_units(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@given(any_text, st.integers(3, 50))
def test_a_shortened_text_is_one_line_that_fits(text: str, length_max: int) -> None:
    assert utf16_length(short(text, length_max)) <= length_max
    shortened = short(text, length_max).removeprefix("\u2068").removesuffix("\u2069")
    assert not set(shortened) & set("\n\r\t" + BIDI)
    assert shortened == shortened.strip()
    assert "  " not in shortened


@given(any_text, st.integers(1, 50))
def test_a_clipped_text_fits_and_keeps_one_empty_line_at_most(text: str, length_max: int) -> None:
    clipped = clip(text, length_max)
    assert utf16_length(clipped) <= length_max
    assert "\n\n\n" not in clipped


@given(any_text, st.integers(3, 50))
def test_no_sign_loses_its_accents(text: str, length_max: int) -> None:
    whole, cut = short(text, 10**6), short(text, length_max)
    head = cut.strip("\u2068\u2069").removesuffix("…")
    rest = whole.strip("\u2068\u2069")[len(head) :]
    assert not head.endswith("\u200d") or not cut.endswith("…")
    assert not rest or not head or unicodedata.category(rest[0]) not in ("Mn", "Me", "Mc")


def test_a_family_is_kept_together_or_left_out() -> None:
    family = "👨‍👩‍👧"
    assert short(f"Ира {family}", 12) == f"Ира {family}"
    assert short(f"Ира {family}", 10) == "Ира…"


def test_a_short_name_stays_as_it_is() -> None:
    assert short("Анна-Мария <b>&", 40) == "Анна-Мария <b>&"
    assert short("é" * 3, 6) == "é" * 3


def test_a_name_cannot_rewrite_the_line_around_it() -> None:
    assert short("Анна\u202eannA\x00\n\nПлатно", 40) == "АннаannA Платно"


def test_a_name_that_runs_from_right_to_left_is_isolated() -> None:
    assert short("אנה", 40) == "\u2068אנה\u2069"


def test_a_comment_keeps_its_lines() -> None:
    assert clip("\n Плохо \n\n\n\nи  дорого\r\n", 100) == "Плохо\n\nи дорого"
