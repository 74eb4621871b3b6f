"""The code for registration at the desk."""

import io

from PIL import Image

from templates.pictures.card import QUIET_ZONE_MODULES, code_matrix
from templates.pictures.link import MODULE_PX, LinkPicture

LINK = "https://t.me/svoi_bot"


def test_the_picture_holds_the_link_s_code_with_its_quiet_zone() -> None:
    with Image.open(io.BytesIO(LinkPicture(LINK).draw())) as opened:
        picture = opened.convert("L")
    matrix = code_matrix(LINK)
    side = (len(matrix) + 2 * QUIET_ZONE_MODULES) * MODULE_PX
    assert picture.size == (side, side)
    middle = MODULE_PX // 2
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            x = (column + QUIET_ZONE_MODULES) * MODULE_PX + middle
            y = (row + QUIET_ZONE_MODULES) * MODULE_PX + middle
            assert (picture.getpixel((x, y)) == 0) == dark
    assert picture.getpixel((middle, middle)) == 255
