"""The poster: an A4 page at 300 dots an inch, whatever a business is called, its code readable."""

import io
import re
from dataclasses import replace

import pytest
from PIL import Image, ImageOps

from templates.pictures.card import QUIET_ZONE_MODULES, code_matrix
from templates.pictures.poster import (
    DPI,
    HEIGHT_PX,
    WIDTH_PX,
    Fact,
    PosterKind,
    PosterPicture,
    draw_poster,
)

POSTER = PosterPicture(
    business="Мастер",
    headline="Становитесь своими: баллы с каждого визита",
    facts=(Fact("+100 баллов", "сразу при регистрации"), Fact("до 7 %", "баллами")),
    call="Карта в телефоне за минуту",
    steps=("Наведите камеру на код", "Нажмите «Начать»", "Подтвердите номер"),
    address="t.me/svoi_bot",
    branch="Центр",
    footnote="1 балл = 1 ₽",
    link="https://t.me/svoi_bot?start=p_branch-0123456789",
    kind=PosterKind.PNG,
)


def test_the_png_is_a_page_of_a4_at_300_dots_an_inch() -> None:
    with Image.open(io.BytesIO(POSTER.draw())) as page:
        assert (page.format, page.size) == ("PNG", (WIDTH_PX, HEIGHT_PX))
        assert [round(dots) for dots in page.info["dpi"]] == [DPI, DPI]


def test_the_pdf_is_one_page_of_a4() -> None:
    body = replace(POSTER, kind=PosterKind.PDF).draw()
    assert body.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", body)) == 1
    box = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+)", body)
    assert box is not None
    assert [round(float(side)) for side in box.groups()] == [595, 842]


def test_the_code_on_the_page_is_the_link_s() -> None:
    matrix = code_matrix(POSTER.link)
    page = draw_poster(POSTER).convert("L").crop((200, 2100, 1270, 3170))
    box = ImageOps.invert(page).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert right - left == bottom - top
    module, rest = divmod(right - left, len(matrix))
    assert rest == 0
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            x = left + column * module + module // 2
            y = top + row * module + module // 2
            assert (page.getpixel((x, y)) == 0) == dark
    assert module * QUIET_ZONE_MODULES > 100


@pytest.mark.parametrize("facts", range(5))
@pytest.mark.parametrize("text", ["", "Ж" * 300, "слово " * 60, "🔧 <b>&", "\u202eشاي"])
def test_any_words_and_any_number_of_facts_make_a_page(facts: int, text: str) -> None:
    poster = replace(
        POSTER,
        business=text,
        headline=text,
        facts=(Fact(text, text),) * facts,
        branch=text,
        address=text,
        footnote=text,
        call=text,
    )
    assert draw_poster(poster).size == (WIDTH_PX, HEIGHT_PX)
