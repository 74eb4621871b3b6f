"""Telegram's HTML: what it means, what is refused, and that escaped text is always itself."""

import html
from typing import Any

import pytest
from aiogram.utils.text_decorations import html_decoration
from hypothesis import given, note
from hypothesis import strategies as st

from playground.entities import parse_html
from playground.refusals import Refusal
from playground.schema import utf16_length
from playground.texts import clean, formatted, to_html

USERS = {7: {"id": 7, "is_bot": False, "first_name": "Анна"}}
# No surrogates: they cannot come over the wire.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
TAGS = ["b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"]


def read(source: str) -> tuple[str, list[dict[str, Any]]]:
    return parse_html(source, USERS.get)


def marked(source: str) -> list[tuple[str, str]]:
    """The kinds of entities with the text that each covers."""
    text, entities = read(source)
    units = text.encode("utf-16-le")
    return [
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in entities
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>раз</b> два", [("bold", "раз")]),
        ("<STRONG>раз</STRONG>", [("bold", "раз")]),
        ("<b>раз</>", [("bold", "раз")]),
        ("😀<i>😀</i>", [("italic", "😀")]),
        ("<b>а<i>б</i></b>", [("bold", "аб"), ("italic", "б")]),
        ("<b></b>x", []),
        ('<span class="tg-spoiler">x</span>', [("spoiler", "x")]),
        ("<a href='tg://user?id=7'>А</a>", [("text_mention", "А")]),
        ("<a href='tg://user?id=8'>А</a>", []),
        ('<a href="https://ya.ru">А</a>', [("text_link", "А")]),
        ('<a href="localhost">А</a>', []),
        ("<a>ya.ru</a>", [("text_link", "ya.ru")]),
        ('<pre><code class="language-py">x</code></pre>', [("pre", "x")]),
        ("<code>&lt;b&gt;</code>", [("code", "<b>")]),
        ("<blockquote expandable>x</blockquote>", [("expandable_blockquote", "x")]),
        ('<tg-emoji emoji-id="5">x</tg-emoji>', [("custom_emoji", "x")]),
        ("&amp;lt; &unknown; &", []),
    ],
)
def test_html_marks_what_telegram_marks(source: str, expected: list[tuple[str, str]]) -> None:
    assert marked(source) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("привет <x>", 'Unsupported start tag "x" at byte offset 13'),
        ("a<b/>", 'Unsupported start tag "b/" at byte offset 1'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>test</b></i>",
            'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        (
            "<a href>y</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ("<a href=tg://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        (
            '<span class="big">x</span>',
            'Tag "span" must have class "tg-spoiler" at byte offset 0',
        ),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
        (
            "&#xd83d;",
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
        ),
    ],
)
def test_html_is_refused_in_telegrams_words(source: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


@given(TEXTS)
def test_escaped_text_is_always_itself(text: str) -> None:
    assert read(html.escape(text)) == (text, [])
    assert read(html.escape(text, quote=False)) == (text, [])


@given(TEXTS, st.sampled_from(TAGS), TEXTS, TEXTS)
def test_a_tag_covers_just_what_is_in_it(before: str, tag: str, inside: str, after: str) -> None:
    source = f"{html.escape(before)}<{tag}>{html.escape(inside)}</{tag}>{html.escape(after)}"
    text, entities = read(source)
    assert text == before + inside + after
    if not inside:
        assert entities == []
        return
    [entity] = entities
    assert entity["offset"] == utf16_length(before)
    assert entity["length"] == utf16_length(inside)


@given(st.text("<>/ab=&;\"' xi#1é😀"))
def test_any_text_is_either_read_or_refused(source: str) -> None:
    try:
        text, entities = read(source)
    except Refusal as refusal:
        # Anything but a refusal would fail the test.
        note(refusal.description)
        return
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16_length(text)


@given(st.lists(st.tuples(st.sampled_from(TAGS[:4]), TEXTS), max_size=4))
def test_html_shown_again_means_the_same(pieces: list[tuple[str, str]]) -> None:
    source = "".join(f"<{tag}>{html.escape(text)}</{tag}> " for tag, text in pieces)
    text, entities = read(source)
    assert read(to_html(text, entities)) == (text, entities)


@given(st.lists(st.tuples(st.sampled_from(TAGS[:4]), TEXTS), max_size=4))
def test_nested_tags_shown_again_mean_the_same(pieces: list[tuple[str, str]]) -> None:
    source = ""
    for tag, text in pieces:
        source = f"<{tag}>{source}{html.escape(text)}</{tag}>"
    text, entities = read(source)
    again = read(to_html(text, entities))
    assert again[0] == text
    assert sorted(map(str, again[1])) == sorted(map(str, entities))


@given(TEXTS)
def test_what_aiogram_quotes_is_shown_as_written(name: str) -> None:
    shown = formatted(
        html_decoration.bold(html_decoration.quote(name)),
        parse_mode="HTML",
        entities=None,
        find_user=USERS.get,
    )
    assert shown.text == clean(name).strip(" \n")


def test_spaces_around_a_text_go_and_entities_move_with_it() -> None:
    shown = formatted("\n  <b> раз </b>\n", parse_mode="HTML", entities=None, find_user=USERS.get)
    assert shown.text == "раз"
    assert shown.entities == ({"type": "bold", "offset": 0, "length": 3},)


def test_telegram_finds_links_and_commands_by_itself() -> None:
    shown = formatted(
        "😀 /start@my_bot и https://ya.ru/a, @durov a@b.ru #тег <code>/no</code>",
        parse_mode="HTML",
        entities=None,
        find_user=USERS.get,
    )
    found = [
        (
            e["type"],
            shown.text.encode("utf-16-le")[2 * e["offset"] :][: 2 * e["length"]].decode(
                "utf-16-le"
            ),
        )
        for e in shown.entities
    ]
    assert found == [
        ("bot_command", "/start@my_bot"),
        ("url", "https://ya.ru/a"),
        ("mention", "@durov"),
        ("email", "a@b.ru"),
        ("hashtag", "#тег"),
        ("code", "/no"),
    ]
