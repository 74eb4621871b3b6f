"""What a tapped inline button carries: typed, bounded, and read back strictly.

A callback is a frozen dataclass in the module of its noun, beside the messages that show it::

    @callback("visit_confirm")
    @dataclass(frozen=True)
    class ConfirmVisit(Callback):
        preview_id: int

``ConfirmVisit(17).pack()`` is ``"visit_confirm:17"``; ``unpack`` gives the object back or raises
`CallbackUnreadable`. Exactly one string stands for one object, so nothing odd slips through.

Fields: ``int`` (64-bit), ``bool``, a ``StrEnum``, ``str`` (a code: ``A-Za-z0-9_-``, 1–32), each
also ``| None``. That the longest one still fits Telegram's 64 bytes is checked as the class is
declared. Callback data is not signed: it says what was tapped, never what is allowed.
"""

import re
import types
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin, get_type_hints

from templates.declarations import import_all_modules, is_frozen_dataclass

DATA_BYTES_MAX = 64
CODE_LENGTH_MAX = 32
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,39}")
_INT = re.compile(r"0|-?[1-9][0-9]{0,18}")
_CODE = re.compile(rf"[A-Za-z0-9_-]{{1,{CODE_LENGTH_MAX}}}")


class CallbackUnreadable(ValueError):
    """The data of a tap is none of ours, or not in the form that we write."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class _Codec:
    """How one field is written and read; `read` raises ValueError."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    length_max: int


@dataclass(frozen=True)
class Callback:
    """The base of all callbacks."""

    prefix: ClassVar[str]
    codecs: ClassVar[tuple[_Codec, ...]]

    def pack(self) -> str:
        """The button's data; ValueError where a value is not one that could be read back."""
        values = (getattr(self, field.name) for field in fields(self))
        written = (codec.write(value) for codec, value in zip(self.codecs, values, strict=True))
        data = ":".join((self.prefix, *written))
        assert len(data.encode()) <= DATA_BYTES_MAX, data
        return data


C = TypeVar("C", bound=Callback)
_registry: dict[str, type[Callback]] = {}


def callback(prefix: str) -> Callable[[type[C]], type[C]]:
    """Declares a callback class under a prefix of its own."""

    def register(cls: type[C]) -> type[C]:
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"not a prefix: {prefix!r}")
        if not is_frozen_dataclass(cls):
            raise TypeError(f"{cls.__name__} is not a frozen dataclass")
        known = _registry.get(prefix)
        if known is not None:
            raise ValueError(f"the prefix {prefix!r} already belongs to {known.__qualname__}")
        hints = get_type_hints(cls)
        cls.prefix = prefix
        cls.codecs = tuple(_codec(hints[field.name]) for field in fields(cls))
        longest = len(prefix) + sum(1 + codec.length_max for codec in cls.codecs)
        if longest > DATA_BYTES_MAX:
            raise ValueError(f"{cls.__name__} may take {longest} bytes of {DATA_BYTES_MAX}")
        _registry[prefix] = cls
        return cls

    return register


def all_callbacks() -> dict[str, type[Callback]]:
    """Every callback class by its prefix."""
    import_all_modules()
    return dict(_registry)


def unpack(data: str) -> Callback:
    """The callback that wrote this data; `CallbackUnreadable` for everything else."""
    if not data.isascii() or len(data) > DATA_BYTES_MAX:
        raise CallbackUnreadable("not ASCII or too long")
    prefix, *values = data.split(":")
    cls = _registry.get(prefix)
    if cls is None:
        import_all_modules()
        cls = _registry.get(prefix)
    if cls is None:
        raise CallbackUnreadable("unknown prefix")
    if len(values) != len(cls.codecs):
        raise CallbackUnreadable("wrong number of values")
    try:
        return cls(*(codec.read(value) for codec, value in zip(cls.codecs, values, strict=True)))
    except ValueError as error:
        raise CallbackUnreadable("a value that is not ours") from error


def _codec(hint: Any) -> _Codec:
    if get_origin(hint) in (Union, types.UnionType):
        inner = [kind for kind in get_args(hint) if kind is not types.NoneType]
        if len(inner) == 1:
            return _optional(_codec(inner[0]))
    if hint is bool:
        return _Codec(_write_bool, _read_bool, 1)
    if hint is int:
        return _Codec(_write_int, _read_int, 20)
    if hint is str:
        return _Codec(_read_code, _read_code, CODE_LENGTH_MAX)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        for member in hint:
            _read_code(member.value)
        return _Codec(lambda value: hint(value).value, hint, max(len(member) for member in hint))
    raise TypeError(f"a callback cannot carry {hint!r}")


def _optional(inner: _Codec) -> _Codec:
    return _Codec(
        lambda value: "" if value is None else inner.write(value),
        lambda text: None if text == "" else inner.read(text),
        inner.length_max,
    )


def _write_bool(value: bool) -> str:
    return "1" if value else "0"


def _read_bool(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("not a bool")
    return text == "1"


def _write_int(value: int) -> str:
    if not INT64_MIN <= value <= INT64_MAX:
        raise ValueError("not a 64-bit integer")
    return str(int(value))


def _read_int(text: str) -> int:
    if not _INT.fullmatch(text):
        raise ValueError("not an integer")
    value = int(text)
    if not INT64_MIN <= value <= INT64_MAX:
        raise ValueError("not a 64-bit integer")
    return value


def _read_code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError("not a code")
    return text
