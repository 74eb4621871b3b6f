"""Validation of parameters, compiled from the Bot API's own schema (`botapi.json`)."""

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from playground.refusals import bad_request

JSON = dict[str, Any]
Check = Callable[[Any, str], Any]  # (value, field's name) -> the value, typed

# Lengths of texts are checked after their entities are parsed, by the methods themselves.
_AFTER_ENTITIES = "characters_after_entities"
_CHECKED_BY_METHODS = {"text", "caption", "reply_markup"}

_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "file_id": "file_id not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "user_id": "invalid user_id specified",
    "action": "wrong parameter action in request",
    "commands": "can't parse bot commands: object expected",
}
_TOO_LONG = {
    ("answerCallbackQuery", "text"): "MESSAGE_TOO_LONG",
    ("setWebhook", "secret_token"): "secret token is too long",
}
_INTEGER = re.compile(r"[+-]?\d{1,19}\Z", re.ASCII)
_TRUE_WORDS = {"true", "yes", "1", "True"}


def utf16_length(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class MethodSchema:
    """What one Bot API method takes and returns."""

    __slots__ = ("_checks", "_required", "name", "returns")

    def __init__(self, name: str, described: JSON) -> None:
        self.name = name
        self.returns: str = described["returns"]
        params: dict[str, JSON] = described["params"]
        self._checks = {key: _check_of(name, key, param) for key, param in params.items()}
        self._required = tuple(
            key
            for key, param in params.items()
            # setWebhook without an address means "delete it".
            if param["required"] and not (name == "setWebhook" and key == "url")
        )

    def typed(self, raw: JSON) -> JSON:
        """Returns the known parameters as Python values; raises `Refusal` in Telegram's words."""
        checks = self._checks
        typed: JSON = {}
        for key, value in raw.items():
            check = checks.get(key)
            if check is not None and value is not None:
                typed[key] = check(value, key)
        for key in self._required:
            if typed.get(key, "") in ("", None):
                raise bad_request(_MISSING.get(key, f'parameter "{key}" is required'))
        return typed


@cache
def _schema() -> JSON:
    loaded: JSON = orjson.loads((files("playground") / "botapi.json").read_bytes())
    return loaded


@cache
def _method_names() -> dict[str, str]:
    return {name.lower(): name for name in _schema()["methods"]}


@cache
def _compiled(name: str) -> MethodSchema:
    return MethodSchema(name, _schema()["methods"][name])


def method_schema(name: str) -> MethodSchema | None:
    """Looks a method up, in any case, as Telegram does."""
    known = _method_names().get(name.lower())
    return None if known is None else _compiled(known)


def _check_of(method: str, key: str, param: JSON) -> Check:
    if key in _CHECKED_BY_METHODS and method != "answerCallbackQuery":
        return _any_json if key == "reply_markup" else _string
    check = _type_check(param["type"], nested=False)
    unit = param.get("unit")
    if unit is None or unit == _AFTER_ENTITIES:
        return check
    too_long = _TOO_LONG.get((method, key), f'parameter "{key}" is too long')
    return _bounded(check, param["min"], param["max"], unit, too_long)


def _bounded(check: Check, low: int, high: int, unit: str, too_long: str) -> Check:
    def bounded(value: Any, name: str) -> Any:
        value = check(value, name)
        if isinstance(value, str):
            length = len(value.encode()) if unit == "bytes" else utf16_length(value)
            if length > high:
                raise bad_request(too_long)
            if length < low:
                raise bad_request(_MISSING.get(name, f'parameter "{name}" is empty'))
        return value

    return bounded


@cache
def _type_check(described: str, *, nested: bool) -> Check:
    """Makes a check of a type; inside JSON a Boolean is `true` or `false`, never a word."""
    if nested and described in ("Boolean", "True"):
        return _strict_boolean
    if described.startswith("Array of "):
        return _array(described.removeprefix("Array of "))
    if described in _SIMPLE:
        return _SIMPLE[described]
    if described in ("Integer or String", "String or Integer"):
        return _chat_reference
    if described in ("InputFile", "InputFile or String"):
        return _string
    if " or " in described or " and " in described or "," in described:
        return _object_of(None)
    return _object_of(described)


def _array(item_type: str) -> Check:
    item: Check | None = None

    def array(value: Any, name: str) -> list[Any]:
        nonlocal item
        if item is None:
            item = _type_check(item_type, nested=True)
        value = _parsed(value, name)
        if not isinstance(value, list):
            raise bad_request(f'Field "{name}" must be of type Array')
        return [item(entry, name) for entry in value]

    return array


def _object_of(type_name: str | None) -> Check:
    fields: dict[str, tuple[Check, bool]] | None = None

    def checked(value: Any, name: str) -> JSON:
        nonlocal fields
        if fields is None:
            described: dict[str, JSON] = _schema()["types"].get(type_name, {}) if type_name else {}
            fields = {
                key: (_type_check(field["type"], nested=True), field["required"])
                for key, field in described.items()
            }
        value = _parsed(value, name)
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {type_name or name}: expected an Object")
        for key, (check, required) in fields.items():
            found = value.get(key)
            if found is not None:
                value[key] = check(found, key)
            elif required:
                raise bad_request(f"can't parse {type_name}: Can't find field \"{key}\"")
        return value

    return checked


def _parsed(value: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise bad_request(f"can't parse {name} JSON object") from None


def _any_json(value: Any, name: str) -> Any:
    return _parsed(value, name)


def _string(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise bad_request(f'Field "{name}" must be of type String')


def _integer(value: Any, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.match(value):
        return int(value)
    raise bad_request(f'Field "{name}" must be of type Integer')


def _number(value: Any, name: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    try:
        return float(_string(value, name))
    except ValueError:
        raise bad_request(f'Field "{name}" must be of type Number') from None


def _strict_boolean(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    raise bad_request(f'Field "{name}" must be of type Boolean')


def _boolean(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    return _string(value, name) in _TRUE_WORDS


def _chat_reference(value: Any, name: str) -> int | str:
    text = _string(value, name)
    return int(text) if _INTEGER.match(text) else text


_SIMPLE: dict[str, Check] = {
    "String": _string,
    "Integer": _integer,
    "Float": _number,
    "Boolean": _boolean,
    "True": _boolean,
}
