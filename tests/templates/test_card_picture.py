"""The card: its code is drawn to the module, its words fit, nothing shows as an empty box."""

import dataclasses
import io
import subprocess
import sys
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from templates.pictures.card import (
    HEIGHT_PX,
    PALETTES,
    QUIET_ZONE_MODULES,
    WIDTH_PX,
    CardPicture,
    grouped_number,
)
from templates.pictures.lettering import Weight, drawable, fit

PNG_BYTES_MAX = 60_000
LONGEST_LINK = f"https://t.me/{'a' * 32}?start={'B' * 64}"

CARD = CardPicture(
    business="Мастер",
    name="Анна",
    tier="Золотой",
    tier_rank=1,
    number="482913",
    number_label="Номер карты",
    hint="Покажите этот код при визите",
    link="https://t.me/svoi_demo_bot?start=c_7Hk2Pq9Zx4Lm",
)


def drawn(card: CardPicture) -> Image.Image:
    return Image.open(io.BytesIO(card.draw())).convert("RGB")


@pytest.mark.parametrize("link", [CARD.link, LONGEST_LINK, "https://t.me/b?start=1"])
def test_the_code_is_drawn_to_the_module_with_its_quiet_zone(link: str) -> None:
    picture = drawn(dataclasses.replace(CARD, link=link))
    matrix = [list(row) for row in segno.make_qr(link, error="m").matrix]
    side = len(matrix)
    left, top, right, bottom = black_box(picture)
    module = (right - left) // side
    assert (right - left, bottom - top) == (module * side, module * side)
    assert module >= 8, "a cheap screen shows a card about 360 points wide"
    quiet = QUIET_ZONE_MODULES
    for row in range(-quiet, side + quiet):
        for column in range(-quiet, side + quiet):
            x, y = left + column * module + module // 2, top + row * module + module // 2
            inside = 0 <= row < side and 0 <= column < side
            dark = inside and bool(matrix[row][column])
            assert picture.getpixel((x, y)) == ((0, 0, 0) if dark else (255, 255, 255))


@pytest.mark.parametrize("name", ["Анна", "Ж" * 64, "<b>Иван</b>", "🔥", "", "\u202e", "Ы " * 400])
@pytest.mark.parametrize("rank", [0, 3])
def test_the_picture_stays_small_whatever_the_name(name: str, rank: int) -> None:
    card = dataclasses.replace(CARD, name=name, business=name, tier=name, tier_rank=rank)
    png = card.draw()
    assert len(png) < PNG_BYTES_MAX
    assert Image.open(io.BytesIO(png)).size == (WIDTH_PX, HEIGHT_PX)


def test_signs_that_the_font_lacks_leave_no_trace() -> None:
    plain = CARD.draw()
    for name in ("Анна 🔥", "👨‍👩‍👧 Анна", "Анна 李明", "\u200fАнна\x00 אנה"):
        assert dataclasses.replace(CARD, name=name).draw() == plain


def test_letters_in_fancy_dress_are_drawn_plain() -> None:
    assert drawable("𝓐𝓷𝓷𝓪 Ａｎｎａ") == "Anna Anna"
    assert drawable("Ёлка и\u0306 «№ 1» 5 ₽ — Žofie") == "Ёлка й «№ 1» 5 ₽ — Žofie"
    assert drawable("Ǻsa, А\u0488\u0489нна\u0301") == "Asa, Анна"


@settings(max_examples=40, deadline=None)
@given(st.text("Жйi -—<&🔥", max_size=80), st.integers(1, 3))
def test_words_fit_their_box(text: str, lines_max: int) -> None:
    lettering = fit(
        text, Weight.SEMIBOLD, width_px=300, size_px=42, size_px_min=26, lines_max=lines_max
    )
    assert len(lettering.lines) <= lines_max
    assert all(lettering.font.getlength(line) <= 300 for line in lettering.lines)
    shown = "".join(lettering.lines).removesuffix("…")
    assert drawable(text).replace(" ", "").startswith(shown.replace(" ", ""))


def test_a_long_name_shrinks_before_it_is_cut() -> None:
    name = "Константин Преображенский-Воскресенский"
    lettering = fit(name, Weight.SEMIBOLD, width_px=386, size_px=42, size_px_min=26, lines_max=3)
    assert lettering.lines == ("Константин", "Преображенский-", "Воскресенский")
    assert lettering.font.size < 50
    cut = fit("Ж" * 64, Weight.SEMIBOLD, width_px=386, size_px=42, size_px_min=26, lines_max=2)
    assert cut.font.size == 26
    assert cut.lines[-1].endswith("…")


def test_every_rank_has_its_own_colour_and_the_highest_keeps_the_last() -> None:
    corners = {
        drawn(dataclasses.replace(CARD, tier_rank=rank)).getpixel((5, 5))
        for rank in range(len(PALETTES))
    }
    assert len(corners) == len(PALETTES)
    beyond = dataclasses.replace(CARD, tier_rank=len(PALETTES) + 5).draw()
    assert beyond == dataclasses.replace(CARD, tier_rank=len(PALETTES) - 1).draw()


@pytest.mark.parametrize(
    ("number", "grouped"),
    [("482913", "482 913"), ("4829135", "482 9135"), ("48291357", "4829 1357")],
)
def test_the_number_is_grouped_for_reading_out(number: str, grouped: str) -> None:
    assert grouped_number(number) == grouped


def test_pillow_is_not_loaded_before_something_is_drawn() -> None:
    code = (
        "import sys; from templates.messages import all_messages; all_messages();"
        "import templates.pictures.card; sys.exit('PIL' in sys.modules or 'segno' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def black_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """The bounds of what is wholly black: nothing but the code is."""
    box = picture.convert("L").point(lambda level: 255 if level == 0 else 0).getbbox()
    assert box is not None
    return box
