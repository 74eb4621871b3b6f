"""Texts of messages: cleaned, measured and marked with entities, and shown as HTML again."""

import re
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from playground.entities import Entity, FindUser, parse_html
from playground.given_entities import checked_entities
from playground.links import checked_link
from playground.refusals import bad_request
from playground.schema import utf16_length

TEXT_UNITS_MAX = 4096
CAPTION_UNITS_MAX = 1024

_UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e]")
_FOUND_BY_TELEGRAM = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"«»]+|\bt\.me/[^\s<>\"«»]+)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w@/])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w/@<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d_]\w*)"
)
_WORTH_A_SEARCH = re.compile(r"[/@#]")
_UNTOUCHED = {"code", "pre", "text_link", "text_mention"}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as a message keeps it."""

    text: str
    entities: tuple[Entity, ...] = ()


def clean(text: str) -> str:
    """Telegram turns control characters into spaces and drops carriage returns."""
    if _UNCLEAN.search(text) is None:
        return text
    return _UNCLEAN.sub(lambda found: "" if found[0] in _DROPPED else " ", text)


_DROPPED = "\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e"


def formatted(
    raw: str,
    *,
    parse_mode: str | None,
    entities: list[Entity] | None,
    find_user: FindUser,
) -> Formatted:
    """Parses, trims and marks a text as Telegram does; raises `Refusal`."""
    mode = (parse_mode or "").lower()
    marked: list[Entity]
    if mode == "html":
        text, marked = parse_html(clean(raw), find_user)
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        text = clean(raw)
        marked = checked_entities(text, entities, find_user) if entities else []
    if text[:1] in " \n" or text[-1:] in " \n":
        text, marked = _trimmed(text, marked)
    if _WORTH_A_SEARCH.search(text) is not None:
        marked += _found_by_telegram(text, marked)
        marked.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(text, tuple(marked))


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Spaces and empty lines around a text go, and what was marked in them."""
    leading = len(text) - len(text.lstrip(" \n"))
    text = text.strip(" \n")
    end = utf16_length(text)
    kept = []
    for entity in entities:
        first = max(entity["offset"] - leading, 0)
        last = min(entity["offset"] + entity["length"] - leading, end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return text, kept


def _found_by_telegram(text: str, taken: list[Entity]) -> list[Entity]:
    found = []
    for match in _FOUND_BY_TELEGRAM.finditer(text):
        kind, written = str(match.lastgroup), match.group().rstrip(".,:;!?)»")
        if kind == "url" and checked_link(written) is None:
            continue
        offset = utf16_length(text[: match.start()])
        length = utf16_length(written)
        if any(
            entity["type"] in _UNTOUCHED
            and entity["offset"] < offset + length
            and offset < entity["offset"] + entity["length"]
            for entity in taken
        ):
            continue
        found.append({"type": kind, "offset": offset, "length": length})
    return found


_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}


def to_html(text: str, entities: list[Entity] | tuple[Entity, ...]) -> str:
    """Shows a text with its entities as Telegram's HTML; everything else is escaped."""
    if not entities:
        return escape(text, quote=False)
    units = text.encode("utf-16-le", "surrogatepass")
    nested = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    edges = {0, len(units) // 2}
    for entity in nested:
        edges |= {entity["offset"], entity["offset"] + entity["length"]}
    shown, open_now = [], list[Entity]()
    for start, end in pairwise(sorted(edge for edge in edges if edge <= len(units) // 2)):
        wanted = [e for e in nested if e["offset"] <= start < e["offset"] + e["length"]]
        kept = _common_prefix(open_now, wanted)
        shown += [_tags(entity)[1] for entity in reversed(open_now[kept:])]
        shown += [_tags(entity)[0] for entity in wanted[kept:]]
        piece = units[start * 2 : end * 2].decode("utf-16-le", "replace")
        shown.append(escape(piece, quote=False))
        open_now = wanted
    shown += [_tags(entity)[1] for entity in reversed(open_now)]
    return "".join(shown)


def _common_prefix(one: list[Entity], other: list[Entity]) -> int:
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left is not right:
            break
        shared += 1
    return shared


def _tags(entity: dict[str, Any]) -> tuple[str, str]:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="{escape(entity["custom_emoji_id"])}">', "</tg-emoji>"
    if kind == "pre":
        language = entity.get("language")
        if language:
            return f'<pre><code class="language-{escape(language)}">', "</code></pre>"
        return "<pre>", "</pre>"
    return _TAGS.get(kind, ("", ""))
