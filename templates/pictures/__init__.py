"""Pictures: described by whoever has the facts, drawn by whoever sends them."""

from typing import Protocol


class Picture(Protocol):
    """Something that can be drawn; drawing takes tens of milliseconds, keep it off the loop."""

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        ...

    def draw(self) -> bytes:
        """A PNG."""
        ...


def is_document(picture: Picture) -> bool:
    """Whether it is sent as a file: Telegram shrinks what is sent as a photo."""
    return bool(getattr(picture, "as_document", False))
