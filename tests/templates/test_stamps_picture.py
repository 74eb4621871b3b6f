"""Stamp cards: strips below the card, whatever their names and however many slots."""

import dataclasses
import io

import pytest
from PIL import Image

from templates.pictures.card import HEIGHT_PX, WIDTH_PX, CardPicture
from templates.pictures.palettes import PALETTES
from templates.pictures.stamps import StampsStrip, draw_strip
from tests.templates.test_card_picture import CARD

PNG_BYTES_MAX = 120_000  # with three strips of stamps
PHOTO_SIDES_SUM_MAX_PX = 10_000  # Telegram's


def strip(have: int, every: int, name: str = "Каждая десятая замена бесплатно") -> StampsStrip:
    note = "В следующий раз — бесплатно" if have == every - 1 else None
    return StampsStrip(name, have, every, f"{have} из {every}", note)


def drawn(card: CardPicture) -> Image.Image:
    return Image.open(io.BytesIO(card.draw())).convert("RGB")


def test_a_card_without_stamps_is_what_it_was() -> None:
    assert drawn(CARD).size == (WIDTH_PX, HEIGHT_PX)


def test_the_code_stays_where_it_is_and_the_stamps_hang_below() -> None:
    plain = drawn(CARD)
    stamped = drawn(dataclasses.replace(CARD, stamps=(strip(3, 10),)))
    assert stamped.width == WIDTH_PX
    assert stamped.height > HEIGHT_PX
    panel = (500, 74, 926, 500)  # its round corners are smoothed with other colours around
    assert stamped.crop(panel).tobytes() == plain.crop(panel).tobytes()


@pytest.mark.parametrize("every", [2, 5, 6, 7, 8, 10, 12, 13, 20, 30, 31, 1000])
def test_every_stamp_changes_the_picture_and_none_leaves_it(every: int) -> None:
    palette = PALETTES[1]
    seen = set()
    for have in sorted({0, 1, every // 2, every - 1}):
        picture = draw_strip(strip(have, every), palette, WIDTH_PX)
        seen.add(picture.tobytes())
        edges = [(0, 40), (WIDTH_PX - 1, 40), (10, picture.height - 3)]
        assert {picture.getpixel(edge) for edge in edges} == {(0x0F, 0x4F, 0x4C)}
    assert len(seen) == len({0, 1, every // 2, every - 1})


@pytest.mark.parametrize(
    "name", ["Десятый кофе", "Ж" * 64, "<b>&</b>", "🔥", "", "\u202eабв", "Очень длинное имя " * 20]
)
def test_three_strips_stay_small_whatever_their_names(name: str) -> None:
    card = dataclasses.replace(CARD, stamps=(strip(9, 10, name), strip(0, 12, name), strip(3, 5)))
    png = card.draw()
    assert len(png) < PNG_BYTES_MAX
    assert sum(Image.open(io.BytesIO(png)).size) < PHOTO_SIDES_SUM_MAX_PX
