"""Contexts as JSON: a notice is stored as facts, and put into words only as it is sent."""

import functools
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from templates.messages import Message, message_class


class ContextUnreadable(ValueError):
    """The stored context is not one of this message: which fields, and why; never their values."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        super().__init__(f"{name}: {', '.join(faults)}")
        self.name = name
        self.faults = faults


def dump_context(context: Message) -> str:
    """The context as JSON; ValueError for a datetime that knows no zone."""
    _refuse_naive(context)
    assert type(context) is message_class(context.message_name), "a declared message"
    return _adapter(context.message_name).dump_json(context).decode()


def load_context(name: str, json: str | bytes) -> Message:
    """The context that was stored under this name, perhaps by an older version.

    Fields that are no more are ignored, new ones take their defaults. Raises `MessageUnknown`,
    `ContextUnreadable`.
    """
    try:
        context = _adapter(name).validate_json(json, strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        faults = (f"{'.'.join(map(str, fault['loc']))} ({fault['type']})" for fault in details)
        raise ContextUnreadable(name, tuple(faults)) from None
    try:
        _refuse_naive(context)
    except ValueError:
        raise ContextUnreadable(name, ("a datetime without a zone",)) from None
    return context


@functools.cache
def _adapter(name: str) -> TypeAdapter[Message]:
    return TypeAdapter(message_class(name))


def _refuse_naive(value: Any) -> None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone")
    elif isinstance(value, tuple):
        for item in value:
            _refuse_naive(item)
    elif is_dataclass(value):
        kind: Any = type(value)
        for name in _fields_with_moments(kind):
            _refuse_naive(getattr(value, name))


@functools.cache
def _fields_with_moments(kind: Any) -> tuple[str, ...]:
    """Fields that can hold a datetime, near or deep: most messages have none to be looked at."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _holds_moments(hint))


def _holds_moments(hint: Any) -> bool:
    if get_args(hint):
        return any(_holds_moments(part) for part in get_args(hint))
    kind: Any = hint
    if is_dataclass(kind):
        return any(_holds_moments(inner) for inner in get_type_hints(kind).values())
    return hint in (datetime, Any, object)
