"""Texts that an owner edits: plain words and known placeholders, refused as they are saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.owner_texts import (
    OwnerTextFault,
    OwnerTextInvalid,
    check_owner_text,
    fill_owner_text,
)
from tests.templates.business import words
from tests.templates.telegram_html import faults, seen

ALLOWED = ("name", "points")


@pytest.mark.parametrize(
    ("text", "fault", "culprit"),
    [
        ("", OwnerTextFault.EMPTY, ""),
        (" \n ", OwnerTextFault.EMPTY, ""),
        ("Привет, {nmae}!", OwnerTextFault.UNKNOWN_PLACEHOLDER, "nmae"),
        ("{bot_token}", OwnerTextFault.UNKNOWN_PLACEHOLDER, "bot_token"),
        ("{name.__class__}", OwnerTextFault.STRAY_BRACE, "{name.__class__}"),
        ("{name!r}", OwnerTextFault.STRAY_BRACE, "{name!r}"),
        ("{points:>9999999999}", OwnerTextFault.STRAY_BRACE, "{points:>9999999999}"),
        ("{0}", OwnerTextFault.STRAY_BRACE, "{0}"),
        ("{{ name }}", OwnerTextFault.STRAY_BRACE, "{{"),
        ("{{name}}", OwnerTextFault.STRAY_BRACE, "{"),
        ("{% for x in range(9) %}", OwnerTextFault.STRAY_BRACE, "{%"),
        ("{name", OwnerTextFault.STRAY_BRACE, "{name"),
        ("name}", OwnerTextFault.STRAY_BRACE, "}"),
        ("{na{name}me}", OwnerTextFault.STRAY_BRACE, "{na"),
        ("Привет\x00", OwnerTextFault.CONTROL_CHARACTER, "'\\x00'"),
        ("Ж" * 4097, OwnerTextFault.TOO_LONG, ""),
        ("{name}" * 33, OwnerTextFault.TOO_LONG, ""),
        ("👍" * 2049, OwnerTextFault.TOO_LONG, ""),
    ],
)
def test_what_cannot_be_filled_in_is_refused(
    text: str, fault: OwnerTextFault, culprit: str
) -> None:
    with pytest.raises(OwnerTextInvalid) as refused:
        check_owner_text(text, ALLOWED)
    assert refused.value.fault is fault
    assert refused.value.culprit == culprit


def test_plain_words_and_known_placeholders_are_taken() -> None:
    check_owner_text("Ждём вас, {name}!\nУ вас {points} — <b>&", ALLOWED)
    check_owner_text("100 % скидка %(name)s $name", ALLOWED)
    check_owner_text("Ж" * 4096, ())


@given(st.text(), st.text())
def test_a_filled_text_is_escaped_throughout(text: str, name: str) -> None:
    filled = fill_owner_text(text.replace("{", "(") + "{name}", {"name": name})
    assert faults(str(filled)) == []


def test_values_are_not_filled_in_again() -> None:
    filled = fill_owner_text("{name}: {points}", {"name": "{points}<b>", "points": "5"})
    assert str(filled) == "{points}&lt;b&gt;: 5"


@given(st.text("a{}name ", max_size=80), st.text(max_size=400))
def test_a_text_that_was_saved_can_be_filled_and_fits(text: str, value: str) -> None:
    try:
        check_owner_text(text, ALLOWED, length_max_utf16=600)
    except OwnerTextInvalid:
        return
    filled = fill_owner_text(text, {"name": value, "points": value})
    assert len(seen(str(filled)).encode("utf-16-le")) // 2 <= 600 + 2 * text.count("{")


def test_a_placeholder_without_a_value_is_refused() -> None:
    with pytest.raises(OwnerTextInvalid):
        fill_owner_text("{name}", {})


def test_templates_fill_such_texts_through_a_filter() -> None:
    assert str(words("ru").owner_text("<i>{name}", name="&")) == "&lt;i&gt;&amp;"
