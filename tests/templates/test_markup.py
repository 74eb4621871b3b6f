"""Telegram's HTML is measured after entities, and cut without breaking a tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from templates.markup import fit, plain_text, visible_length
from tests.templates.telegram_html import faults, seen

pieces = st.recursive(
    st.text("аб <&>\"'👍\n", max_size=8).map(lambda text: str(escape(text))),
    lambda inner: (
        st.tuples(st.sampled_from(["b", "i", "code", "blockquote"]), st.lists(inner)).map(
            lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
        )
        | inner.map(lambda text: f'<a href="https://t.me/?a=1&amp;b=2">{text}</a>')
    ),
)


@given(pieces, st.integers(1, 20))
def test_what_is_cut_fits_and_stays_well_formed(markup: str, length_max: int) -> None:
    cut = fit(markup, length_max)
    assert faults(cut) == []
    assert visible_length(cut) <= length_max
    assert seen(markup).startswith(seen(cut).removesuffix("…"))


@given(pieces)
def test_what_fits_is_left_alone(markup: str) -> None:
    assert fit(markup, visible_length(markup)) == markup


def test_length_counts_what_is_seen() -> None:
    assert visible_length('<a href="https://t.me">&lt;b&gt;</a>👍') == 5
    assert plain_text("<b>5 &gt; 3</b> &#34;да&#34;") == '5 > 3 "да"'


@pytest.mark.parametrize(
    "bad",
    ["<b>", "</b>", "<b><i></b></i>", "<p>x</p>", "a < b", "R&D", "&nbsp;", '<a href="">x</a>',
     "<b class='x'>y</b>", "<br>", "<B>x</B>"],
)  # fmt: skip
def test_the_reader_of_these_tests_finds_what_telegram_refuses(bad: str) -> None:
    assert faults(bad)
