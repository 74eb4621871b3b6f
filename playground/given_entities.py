"""Entities that a bot gives beside a text, instead of HTML: checked as Telegram checks them."""

import re
from typing import Any

from playground.entities import Entity, FindUser
from playground.links import checked_link
from playground.refusals import Refusal, bad_request
from playground.schema import utf16_length

INT64_MAX = 2**63 - 1
_PLAIN = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote",
    "expandable_blockquote", "code", "pre",
}  # fmt: skip
# Telegram finds these by itself, whatever the bot says of them.
_FOUND_BY_TELEGRAM = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
    "bank_card_number",
}  # fmt: skip


def checked_entities(text: str, entities: list[Entity], find_user: FindUser) -> list[Entity]:
    """Returns the entities that a message keeps; raises `Refusal` in Telegram's words."""
    end = utf16_length(text)
    kept = []
    for entity in entities:
        checked = _checked(entity, find_user)
        offset, length = entity["offset"], entity["length"]
        if offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset}")
        if length < 0:
            raise bad_request(f"receive an entity with incorrect length {length}")
        if length == 0:
            continue
        if offset >= end:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + length > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
                f"at UTF-16 offset {offset + length}"
            )
        if checked is not None:
            kept.append(checked)
    return kept


def _checked(entity: Entity, find_user: FindUser) -> Entity | None:
    kind = entity["type"]
    shown = {key: entity[key] for key in ("type", "offset", "length")}
    if kind in _FOUND_BY_TELEGRAM:
        return None
    if kind in _PLAIN:
        return shown | ({"language": entity["language"]} if entity.get("language") else {})
    if kind == "text_link":
        return shown | {"url": _link(_field(entity, "url"))}
    if kind == "text_mention":
        user = find_user(_field(entity, "user")["id"])
        if user is None:
            raise bad_request("user not found")
        return shown | {"user": user}
    if kind == "custom_emoji":
        identifier = str(_field(entity, "custom_emoji_id"))
        if not re.fullmatch(r"\d{1,19}", identifier) or int(identifier) > INT64_MAX:
            raise _refused('Field "custom_emoji_id" must be a valid Number')
        return shown | {"custom_emoji_id": identifier}
    if kind == "date_time":
        return shown | {"unix_time": _field(entity, "unix_time")}
    raise _refused("Unsupported type specified")


def _field(entity: Entity, key: str) -> Any:
    if entity.get(key) is None:
        raise _refused(f'Can\'t find field "{key}"')
    return entity[key]


def _link(url: str) -> str:
    if not url:
        raise bad_request("entity URL '' is invalid: URL host is empty")
    checked = checked_link(url)
    if checked is None:
        raise bad_request(f"entity URL '{url}' is invalid: Wrong HTTP URL")
    return checked


def _refused(what: str) -> Refusal:
    return bad_request(f"can't parse MessageEntity: {what}")
