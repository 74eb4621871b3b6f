"""Telegram's HTML: measured, cut without breaking a tag, and turned into plain text."""

import html
import re

from templates.lengths import ELLIPSIS, cut_at, utf16_length

TEXT_UTF16_MAX = 4096
CAPTION_UTF16_MAX = 1024
TOAST_UTF16_MAX = 200

_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[a-z-]+)[^<>]*>|&[#a-zA-Z0-9]+;|[^<&]+|.", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def plain_text(markup: str) -> str:
    """The text as a person sees it: without tags, entities resolved."""
    return html.unescape(_TAG.sub("", markup))


def visible_length(markup: str) -> int:
    """UTF-16 units that count against Telegram's limits: after entities."""
    return utf16_length(plain_text(markup))


def fit(markup: str, length_max: int) -> str:
    """The markup if it is short enough, else its beginning, "…", and the open tags closed."""
    if visible_length(markup) <= length_max:
        return markup
    left = length_max - utf16_length(ELLIPSIS)
    kept: list[str] = []
    open_tags: list[str] = []
    for piece in _PIECE.finditer(markup):
        text = piece.group()
        if tag := piece.group("tag"):
            if piece.group("close"):
                open_tags.pop()
            else:
                open_tags.append(tag)
            kept.append(text)
            continue
        seen = html.unescape(text)
        if utf16_length(seen) > left:
            if len(text) == len(seen):  # not an entity: those stay whole or go
                kept.append(text[: cut_at(text, left)])
            break
        left -= utf16_length(seen)
        kept.append(text)
    closing = "".join(f"</{tag}>" for tag in reversed(open_tags))
    return "".join(kept).rstrip() + ELLIPSIS + closing
