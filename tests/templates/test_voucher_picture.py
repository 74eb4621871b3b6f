"""The picture with a reward's code."""

import io

import pytest
from PIL import Image

from playground.camera import read_picture
from templates.pictures.card import HEIGHT_PX, WIDTH_PX
from templates.pictures.voucher import VoucherPicture

LINK = "https://t.me/svoi_demo_bot?start=g_KM742AT"
PNG_BYTES_MAX = 60_000


@pytest.mark.parametrize("name", ["Кружка", "Ж" * 64, "<b>", "🔥", "", "\u202e", "Ы " * 400])
def test_a_camera_reads_the_link_whatever_the_reward_is_called(name: str) -> None:
    png = VoucherPicture(
        business=name,
        name=name,
        code="KM7-42AT",
        until="Действует по 3 марта",
        hint="Назовите код сотруднику",
        link=LINK,
    ).draw()
    assert read_picture(png) == LINK
    assert len(png) < PNG_BYTES_MAX
    assert Image.open(io.BytesIO(png)).size == (WIDTH_PX, HEIGHT_PX)
