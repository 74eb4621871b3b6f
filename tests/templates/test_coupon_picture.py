"""The coupon: the code large and whole, or no picture at all."""

import io

import pytest
from PIL import Image

from templates.labels import Labels
from templates.partners import PartnerCode
from templates.pictures.coupon import (
    CODE_PX,
    CODE_PX_MIN,
    CODE_WIDTH_PX,
    HEIGHT_PX,
    WIDTH_PX,
    CouponPicture,
    is_legible,
)
from templates.pictures.lettering import Weight, drawable, fit
from tests.templates.business import words

PNG_BYTES_MAX = 60_000


@pytest.mark.parametrize("code", ["LUCH-7KQ4-2M", "1", "СКИДКА_20", "W" * 64, "Щ" * 64])
@pytest.mark.parametrize("partner", ["Кинотеатр «Луч»", "Ж" * 64, "🔥", "Очень длинное " * 15])
def test_the_picture_stays_small_whatever_is_on_it(code: str, partner: str) -> None:
    png = CouponPicture(partner, partner * 3, code).draw()
    assert len(png) < PNG_BYTES_MAX
    assert Image.open(io.BytesIO(png)).size == (WIDTH_PX, HEIGHT_PX)


@pytest.mark.parametrize("code", ["LUCH-7KQ4-2M", "W" * 24, "Щ" * 24, "Ёж_1.2/3#4+5"])
def test_no_sign_of_a_code_is_left_out_or_cut(code: str) -> None:
    assert is_legible(code)
    assert drawable(code) == code
    lettering = fit(
        code, Weight.BOLD, width_px=CODE_WIDTH_PX, size_px=CODE_PX, size_px_min=CODE_PX_MIN
    )
    assert not lettering.is_cut
    assert "".join(lettering.lines) == code


@pytest.mark.parametrize("code", ["КОД🔥", "李明", "a\u0301b", "W" * 25])
def test_a_code_that_cannot_be_drawn_is_told_in_words_alone(code: str) -> None:
    message = PartnerCode("Луч", "Скидка", code, repeated=False)
    assert message.picture(Labels(words("ru"))) is None
