"""A strict reader of Telegram's HTML: what it faults, Telegram refuses or shows wrongly."""

import html
import re

_ATTRIBUTES = {
    "b": "", "strong": "", "i": "", "em": "", "u": "", "ins": "", "s": "", "strike": "", "del": "",
    "a": r' href="[^"<>]+"',
    "code": r'( class="language-[\w-]+")?',
    "pre": "",
    "span": ' class="tg-spoiler"',
    "tg-spoiler": "",
    "blockquote": "( expandable)?",
    "tg-emoji": r' emoji-id="\d+"',
}  # fmt: skip
_PIECE = re.compile(
    r"<(/?)([a-zA-Z-]*)([^<>]*)>|(&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)|([<>&])"
)


def faults(markup: str) -> list[str]:
    """What is wrong with it; an empty list for a well-formed text."""
    found: list[str] = []
    open_tags: list[str] = []
    for piece in _PIECE.finditer(markup):
        close, tag, attributes, entity, stray = piece.groups()
        if entity:
            continue
        if stray:
            found.append(f"unescaped {stray!r} at {piece.start()}")
        elif tag not in _ATTRIBUTES:
            found.append(f"unknown tag {piece.group()!r}")
        elif close:
            if not open_tags or open_tags.pop() != tag or attributes:
                found.append(f"{piece.group()!r} closes nothing")
        else:
            open_tags.append(tag)
            if not re.fullmatch(_ATTRIBUTES[tag], attributes):
                found.append(f"attributes in {piece.group()!r}")
    return found + [f"<{tag}> is not closed" for tag in open_tags]


def seen(markup: str) -> str:
    """The text that a person sees."""
    return html.unescape(re.sub(r"<[^<>]*>", "", markup))
