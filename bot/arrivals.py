"""A raw update as a row of the inbox: its identity, and whose turn it has to wait for."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import orjson

from storage.inbox import Arrival

INT64_MAX = 2**63 - 1


class NotAnUpdate(ValueError):
    """The object carries no update_id that could be stored."""


def update_id_of(update: object) -> int | None:
    """The id that Telegram gave the update; None if it is none."""
    found = update.get("update_id") if isinstance(update, Mapping) else None
    return found if _is_int64(found) and found >= 0 else None


def arrival(update: Mapping[str, Any]) -> Arrival:
    """The update as it is stored; raises NotAnUpdate."""
    update_id = update_id_of(update)
    if update_id is None:
        raise NotAnUpdate
    canonical, raw = _written(update)
    digest = hashlib.sha256(canonical).hexdigest()
    return Arrival(update_id, digest, order_key(update), raw.decode())


def _written(update: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """With its keys sorted, and as it came."""
    try:
        return orjson.dumps(update, option=orjson.OPT_SORT_KEYS), orjson.dumps(update)
    except TypeError:
        # Half a character, or a number beyond 64 bits: it will be parked, but it is kept.
        return json.dumps(update, sort_keys=True).encode(), json.dumps(update).encode()


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
        if isinstance(holder, Mapping) and _is_int64(holder.get("id")):
            yield holder["id"]


def _is_int64(found: object) -> TypeGuard[int]:
    is_whole = isinstance(found, int) and not isinstance(found, bool)
    return is_whole and -INT64_MAX <= found <= INT64_MAX  # type: ignore[operator]
