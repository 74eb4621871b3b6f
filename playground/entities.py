"""Telegram's own subset of HTML: read as it reads it, refused as it refuses it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.links import checked_link
from playground.refusals import bad_request
from playground.schema import utf16_length

Entity = dict[str, Any]
FindUser = Callable[[int], dict[str, Any] | None]

_SPACE = " \t\r\n\x0b\x00"
# The usual forms at one go; everything else is read step by step.
_QUICK = re.compile("([^<&]+)|<([a-z]+)>|</([a-z]+)>")
_TEXT, _START, _END = 1, 2, 3
_BARE_TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "blockquote",
}
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z]+));?")
_REFERENCE_LENGTH_MAX = 10  # "&#" with its digits; a longer one stays as written
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(f"[^{_SPACE}>]*")
_ATTRIBUTE_NAME = re.compile(f"[^{_SPACE}=>]*")
_SPACES = re.compile(f"[{_SPACE}]*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}


@dataclass(slots=True)
class _OpenTag:
    name: str
    attributes: dict[str, str]
    offset: int  # UTF-16 units
    text_parts: int  # how many parts of text had been read before it


class _HtmlReader:
    """One pass over one text."""

    def __init__(self, source: str, find_user: FindUser) -> None:
        self.source = source
        self.find_user = find_user
        self.parts: list[str] = []
        self.units = 0
        self.entities: list[Entity] = []
        self.open_tags: list[_OpenTag] = []

    def read(self) -> tuple[str, list[Entity]]:
        position, source = 0, self.source
        while (found := _QUICK.match(source, position)) is not None or position < len(source):
            if found is None:
                position = self._special(position)
                continue
            kind, word = found.lastindex, found[found.lastindex or 0]
            if kind == _TEXT:
                self._append(word)
            elif kind == _START and word in _BARE_TAGS:
                self.open_tags.append(_OpenTag(word, {}, self.units, len(self.parts)))
            elif kind == _END and self.open_tags and self.open_tags[-1].name == word:
                self._close(self.open_tags.pop())
            else:
                position = self._special(position)
                continue
            position = found.end()
        if self.open_tags:
            name = self.open_tags[-1].name
            raise _refused(f'Can\'t find end tag corresponding to start tag "{name}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        text = "".join(self.parts)
        _refuse_surrogates(text)
        return text, self.entities

    def _special(self, position: int) -> int:
        """Reads a tag or a reference in all its forms; returns where it ends."""
        source = self.source
        if source[position] == "&":
            character, position = _reference(source, position)
            self._append(character)
            return position
        if source.startswith("</", position):
            return self._end_tag(position)
        return self._start_tag(position)

    def _append(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.units += utf16_length(text)

    def _at(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))

    def _start_tag(self, start: int) -> int:
        source = self.source
        name_end = _match_end(_TAG_NAME, source, start + 1)
        if name_end == len(source):
            raise _refused(f"Unclosed start tag at byte offset {self._at(start)}")
        name = source[start + 1 : name_end].lower()
        if name not in _KINDS:
            raise _refused(f'Unsupported start tag "{name}" at byte offset {self._at(start)}')
        attributes: dict[str, str] = {}
        position = _match_end(_SPACES, source, name_end)
        while not source.startswith(">", position):
            if position >= len(source):
                raise _refused(f"Unclosed start tag at byte offset {self._at(start)}")
            key, value, position = self._attribute(name, start, position)
            attributes[key] = value
            position = _match_end(_SPACES, source, position)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _refused(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._at(start)}'
            )
        self.open_tags.append(_OpenTag(name, attributes, self.units, len(self.parts)))
        return position + 1

    def _attribute(self, tag: str, start: int, position: int) -> tuple[str, str, int]:
        source = self.source
        end = _match_end(_ATTRIBUTE_NAME, source, position)
        key = source[position:end].lower()
        if not key:
            raise _refused(
                f'Empty attribute name in the tag "{tag}" at byte offset {self._at(start)}'
            )
        end = _match_end(_SPACES, source, end)
        if not source.startswith("=", end):
            if tag == "blockquote" and key == "expandable":
                return key, "1", end
            raise _refused(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" '
                f"at byte offset {self._at(start)}"
            )
        end = _match_end(_SPACES, source, end + 1)
        quote = source[end : end + 1]
        if quote in ("'", '"'):
            close = source.find(quote, end + 1)
            if close < 0:
                raise _refused(f"Unclosed start tag at byte offset {self._at(start)}")
            return key, _unescaped(source[end + 1 : close]), close + 1
        token_end = _match_end(_NAME_TOKEN, source, end)
        if token_end == len(source):
            raise _refused(f"Unclosed start tag at byte offset {self._at(start)}")
        if source[token_end] not in _SPACE and source[token_end] != ">":
            raise _refused(f"Unexpected end of name token at byte offset {self._at(end)}")
        return key, source[end:token_end].lower(), token_end

    def _end_tag(self, start: int) -> int:
        source = self.source
        if not self.open_tags:
            raise _refused(f"Unexpected end tag at byte offset {self._at(start)}")
        name_end = _match_end(_TAG_NAME, source, start + 2)
        position = _match_end(_SPACES, source, name_end)
        if not source.startswith(">", position):
            raise _refused(f"Unclosed end tag at byte offset {self._at(start)}")
        name = source[start + 2 : name_end].lower()
        tag = self.open_tags.pop()
        if name and name != tag.name:
            raise _refused(
                f"Unmatched end tag at byte offset {self._at(start)}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        self._close(tag)
        return position + 1

    def _close(self, tag: _OpenTag) -> None:
        if self.units == tag.offset:
            return
        entity: Entity = {
            "type": _KINDS[tag.name],
            "offset": tag.offset,
            "length": self.units - tag.offset,
        }
        if tag.name == "a":
            inside = "".join(self.parts[tag.text_parts :])
            if not _point_at(entity, tag.attributes.get("href") or inside, self.find_user):
                return
        elif tag.name == "tg-emoji":
            identifier = tag.attributes.get("emoji-id", "")
            if not identifier.isdecimal() or not 0 < int(identifier) < 2**63:
                raise _refused("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = identifier
        elif tag.name == "tg-time":
            moment = tag.attributes.get("unix", "")
            if not moment.isdecimal():
                raise _refused("Invalid date specified")
            entity["unix_time"] = int(moment)
            if "format" in tag.attributes:
                entity["date_time_format"] = tag.attributes["format"]
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name in ("pre", "code") and self._joined_pre(tag, entity):
            return
        self.entities.append(entity)

    def _joined_pre(self, tag: _OpenTag, entity: Entity) -> bool:
        """`<pre><code class="language-x">` is one entity that names its language."""
        language = tag.attributes.get("class", "")
        if tag.name == "code" and language.startswith("language-"):
            entity["_language"] = language.removeprefix("language-")
        if tag.name == "pre" and self.entities and "_language" in self.entities[-1]:
            inner = self.entities[-1]
            if inner["offset"] == entity["offset"] and inner["length"] == entity["length"]:
                inner["type"] = "pre"
                inner["language"] = inner.pop("_language")
                return True
        return False


def parse_html(source: str, find_user: FindUser) -> tuple[str, list[Entity]]:
    """Returns the text and its entities; raises `Refusal` as Telegram words it."""
    if "<" not in source and "&" not in source:
        return source, []
    text, entities = _HtmlReader(source, find_user).read()
    for entity in entities:
        entity.pop("_language", None)
    return text, entities


def _refused(what: str) -> Exception:
    return bad_request(f"can't parse entities: {what}")


def _match_end(pattern: re.Pattern[str], source: str, position: int) -> int:
    found = pattern.match(source, position)
    return position if found is None else found.end()


def _reference(source: str, position: int) -> tuple[str, int]:
    """Returns the character a reference stands for; an unknown one stays as written."""
    found = _REFERENCE.match(source, position)
    if found is None:
        return "&", position + 1
    hexadecimal, decimal, name = found.groups()
    if name is not None:
        return (_NAMED[name], found.end()) if name in _NAMED else ("&", position + 1)
    code = int(hexadecimal, 16) if hexadecimal is not None else int(decimal)
    written = len(found.group().rstrip(";"))
    if not 0 < code < 0x10FFFF or written >= _REFERENCE_LENGTH_MAX:
        return "&", position + 1
    return chr(code), found.end()


def _unescaped(value: str) -> str:
    parts, position = [], 0
    while (start := value.find("&", position)) >= 0:
        parts.append(value[position:start])
        character, position = _reference(value, start)
        parts.append(character)
    parts.append(value[position:])
    return "".join(parts)


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refused(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        ) from None


def _point_at(entity: Entity, url: str, find_user: FindUser) -> bool:
    """Fills in where a link leads; False if Telegram would drop the link and keep its text."""
    mentioned = re.fullmatch(r"tg://user\?id=(\d{1,19})", url.strip())
    if mentioned is not None:
        user = find_user(int(mentioned[1]))
        if user is None:
            return False
        entity["type"] = "text_mention"
        entity["user"] = user
        return True
    checked = checked_link(url)
    if checked is None:
        return False
    entity["url"] = checked
    return True
