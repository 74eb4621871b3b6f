"""A link as a QR code alone, to be scanned off the screen of a phone."""

import io
from dataclasses import dataclass

from templates.pictures.card import QUIET_ZONE_MODULES

MODULE_PX = 16


@dataclass(frozen=True)
class LinkPicture:
    """Black on white, whole pixels to a module."""

    link: str

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        return "link.png"

    def draw(self) -> bytes:
        """A PNG of about 500 pixels a side."""
        import segno

        out = io.BytesIO()
        code = segno.make_qr(self.link, error="m")
        code.save(out, kind="png", scale=MODULE_PX, border=QUIET_ZONE_MODULES)
        return out.getvalue()
