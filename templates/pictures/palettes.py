"""The colours of the card and of what hangs from it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one rank: the ground from top to bottom, the rings on it, the accent."""

    top: str
    bottom: str
    ring: str
    accent: str
    on_accent: str


# By rank and not by name: a business may call its levels anything, so none is a metal's colour.
PALETTES = (
    Palette("#3d6187", "#243f5e", "#4a7099", "#cfe1f2", "#243f5e"),  # ink
    Palette("#1d7a72", "#0f4f4c", "#2b8a82", "#c9efe6", "#0f4f4c"),  # sea
    Palette("#6a3f7c", "#42254f", "#7a4e8d", "#ecd6f3", "#42254f"),  # plum
    Palette("#2b2f3a", "#12141a", "#383d4a", "#e8c987", "#1b1d24"),  # midnight
)


def palette_of(rank: int) -> Palette:
    """The palette of this rank, counted from 0; the highest keep the last."""
    return PALETTES[min(max(rank, 0), len(PALETTES) - 1)]
