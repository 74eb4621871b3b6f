"""A raw update as a row of the inbox: its identity, and whose turn it has to wait for."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from storage.inbox import Arrival


class NotAnUpdate(ValueError):
    """The object carries no update_id of its own."""


def arrival(update: Mapping[str, Any]) -> Arrival:
    """The update as it is stored; raises NotAnUpdate."""
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        raise NotAnUpdate
    canonical = orjson.dumps(update, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(canonical).hexdigest()
    return Arrival(update_id, digest, order_key(update), orjson.dumps(update).decode())


def order_key(update: Mapping[str, Any]) -> int:
    """The chat, else the person: updates with one key are handled in their order. 0: neither."""
    for event in update.values():
        if isinstance(event, Mapping):
            for found in _ids(event):
                return found
    return 0


def _ids(event: Mapping[str, Any]) -> Iterator[int]:
    message = event.get("message")
    holders = (
        message.get("chat") if isinstance(message, Mapping) else None,
        event.get("chat"),
        event.get("from"),
        event.get("user"),
    )
    for holder in holders:
        if isinstance(holder, Mapping) and isinstance(holder.get("id"), int):
            yield holder["id"]
