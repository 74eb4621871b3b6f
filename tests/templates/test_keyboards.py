"""A keyboard that Telegram would refuse is refused where it is made."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from templates.callbacks import Callback, callback
from templates.keyboards import (
    Button,
    CopyText,
    ForceReply,
    InlineKeyboard,
    OpenUrl,
    ReplyKey,
    ReplyKeyboard,
    Share,
    in_rows,
)


@dataclass(frozen=True)
class Tapped(Callback):
    number: int


@pytest.fixture(autouse=True)
def declared(scratch: None) -> None:
    callback("test_tapped")(Tapped)


def button(number: int = 1) -> Button:
    return Button(f"№ {number}", Tapped(number))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Button(" ", Tapped(1)),
        lambda: Button("Дальше", Tapped(2**63)),
        lambda: OpenUrl("javascript:alert(1)"),
        lambda: OpenUrl("https://t.me/" + "a" * 2048),
        lambda: CopyText(""),
        lambda: CopyText("👍" * 129),
        lambda: Share("a" * 257),
        lambda: InlineKeyboard(()),
        lambda: InlineKeyboard(((),)),
        lambda: InlineKeyboard((tuple(button(n) for n in range(9)),)),
        lambda: InlineKeyboard(tuple((button(n),) for n in range(101))),
        lambda: ReplyKey("a" * 65),
        lambda: ReplyKeyboard(()),
        lambda: ReplyKeyboard(((ReplyKey("Да"),),), placeholder="a" * 65),
        lambda: ForceReply(""),
    ],
)
def test_what_telegram_would_refuse_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        make()


def test_a_long_label_is_cut() -> None:
    assert Button("Ж" * 90, Tapped(1)).label == "Ж" * 63 + "…"


def test_missing_buttons_and_empty_rows_are_left_out() -> None:
    assert InlineKeyboard.of((button(), None), (None,)) == InlineKeyboard(((button(),),))
    assert InlineKeyboard.stacked(button(1), None, button(2)).rows == ((button(1),), (button(2),))


def test_buttons_fill_rows() -> None:
    rows = in_rows([button(n) for n in range(5)], 2)
    assert [len(row) for row in rows] == [2, 2, 1]
