"""Contexts as JSON: a notice is stored as facts, and put into words only as it is sent."""

import functools
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

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
        for field in fields(value):
            _refuse_naive(getattr(value, field.name))
