"""The camera reads what any QR code says, and says so where there is none."""

import io

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.camera import Unreadable, read_picture
from playground.qr_codes import VERSION_MAX, read_matrix
from templates.pictures.card import CardPicture

LINK = "https://t.me/svoi_demo_bot?start=c_7Hk2Pq9Zx4Lm"


def modules(code: segno.QRCode) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in code.matrix]


def picture_of(code: segno.QRCode, **how: object) -> bytes:
    out = io.BytesIO()
    code.save(out, kind="png", **how)
    return out.getvalue()


@pytest.mark.parametrize("level", ["l", "m", "q", "h"])
@pytest.mark.parametrize("version", range(1, VERSION_MAX + 1))
def test_every_version_and_level_is_read(version: int, level: str) -> None:
    text = "Своё"[: 3 if version == 1 else None] + "x" * (version * 4 - 8)
    code = segno.make_qr(text, version=version, error=level, boost_error=False, encoding="utf-8")
    assert read_matrix(modules(code)) == text


@settings(max_examples=80, deadline=None)
@given(st.text(min_size=1, max_size=60), st.integers(0, 7))
def test_every_text_is_read_under_every_mask(text: str, mask: int) -> None:
    # Left to itself, segno writes some scripts in the mode for Japanese, which no card of ours has.
    code = segno.make_qr(text, mask=mask, encoding="utf-8", mode="byte")
    assert read_matrix(modules(code)) == text


@settings(max_examples=40, deadline=None)
@given(st.from_regex(r"[0-9]{1,40}|[0-9A-Z $%*+\-./:]{1,40}", fullmatch=True))
def test_numbers_and_capitals_are_read(text: str) -> None:
    assert read_matrix(modules(segno.make_qr(text))) == text


@pytest.mark.parametrize("scale", [2, 3, 8, 13])
def test_a_code_is_found_in_a_picture_of_any_size(scale: int) -> None:
    assert read_picture(picture_of(segno.make_qr(LINK), scale=scale)) == LINK


def test_a_code_is_found_on_the_card_among_its_words() -> None:
    card = CardPicture(
        business="Мастер",
        name="Константин Преображенский-Воскресенский",
        tier="Золотой",
        tier_rank=1,
        number="482913",
        number_label="Номер карты",
        hint="Покажите этот код при визите",
        link=LINK,
    )
    assert read_picture(card.draw()) == LINK


def test_a_damaged_code_is_not_believed() -> None:
    matrix = modules(segno.make_qr(LINK))
    matrix[-1][-1] ^= True
    with pytest.raises(Unreadable):
        read_matrix(matrix)


@pytest.mark.parametrize("colour", ["white", "black", "gray"])
def test_a_picture_without_a_code_is_said_to_have_none(colour: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (200, 100), colour).save(out, "PNG")
    with pytest.raises(Unreadable):
        read_picture(out.getvalue())


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_has_no_code(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_picture(content)
