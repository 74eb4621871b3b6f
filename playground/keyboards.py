"""The keyboards that a bot sends: checked as Telegram checks them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playground.links import checked_link
from playground.refusals import Refusal, bad_request
from playground.schema import JSON, utf16_length

CALLBACK_DATA_BYTES_MAX = 64
COPY_TEXT_UNITS_MAX = 256
PLACEHOLDER_UNITS_MAX = 64
BUTTONS_MAX = 100
ROWS_MAX = 100
_STYLES = {"primary", "success", "danger"}
_SWITCHES = (
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)


def inline_keyboard(markup: Any) -> JSON | None:
    """Returns the inline keyboard as a message carries it, or None if it has no buttons."""
    if markup in (None, ""):
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    rows = _rows(markup, "inline_keyboard")
    checked = [[_inline_button(button) for button in row] for row in rows if row]
    if len(checked) > ROWS_MAX or sum(map(len, checked)) > BUTTONS_MAX:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def _rows(markup: JSON, field: str) -> list[list[Any]]:
    rows = markup[field]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'Field "{field}" must be of type Array')
    return rows


def check_booleans(markup: JSON) -> None:
    """Refuses words where `true` or `false` must be."""
    for field in _BOOLEANS & markup.keys():
        if not isinstance(markup[field], bool):
            raise bad_request(f'Field "{field}" must be of type Boolean')


_BOOLEANS = {
    "force_reply",
    "is_persistent",
    "one_time_keyboard",
    "remove_keyboard",
    "resize_keyboard",
    "selective",
}


def _button_refused(what: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {what}")


def _inline_button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise _button_refused("expected an Object")
    text = button.get("text")
    if text is None:
        raise _button_refused('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _button_refused('Field "text" must be of type String')
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    checked = {key: value for key, value in button.items() if value is not None}
    _check_style(checked)
    actions = [key for key in _ACTIONS if key in checked and checked[key] != ""]
    actions += [key for key in _SWITCHES if checked.get(key) == ""]
    if not actions:
        raise _button_refused("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _button_refused("Exactly one action of the button must be specified")
    _ACTIONS[actions[0]](checked)
    return checked


def _check_style(button: JSON) -> None:
    if (button.get("style") or "primary") not in _STYLES:
        raise bad_request("invalid button style specified")


def _check_callback_data(button: JSON) -> None:
    data = button["callback_data"]
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES_MAX:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(button: JSON) -> None:
    url = button["url"]
    checked = checked_link(url) if isinstance(url, str) else None
    if checked is None:
        scheme = urlsplit(str(url)).scheme if "://" in str(url) else "http"
        why = "Wrong HTTP URL" if scheme in ("http", "https") else "Unsupported URL protocol"
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {why}")
    button["url"] = checked


def _check_web_app(button: JSON) -> None:
    web_app = button["web_app"]
    url = web_app.get("url") if isinstance(web_app, dict) else None
    if not isinstance(url, str) or urlsplit(url).scheme != "https":
        raise bad_request(
            f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        )


def _check_copy_text(button: JSON) -> None:
    copied = button["copy_text"]
    text = copied.get("text") if isinstance(copied, dict) else None
    if not isinstance(text, str) or not 1 <= utf16_length(text) <= COPY_TEXT_UNITS_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _refuse_type(_button: JSON) -> None:
    raise bad_request("BUTTON_TYPE_INVALID")  # it belongs to games and invoices


def _accept(_button: JSON) -> None:
    """Nothing to check that somebody relies on."""


_ACTIONS: dict[str, Callable[[JSON], None]] = {
    "callback_data": _check_callback_data,
    "url": _check_url,
    "web_app": _check_web_app,
    "copy_text": _check_copy_text,
    "login_url": _accept,
    "callback_game": _refuse_type,
    "pay": _refuse_type,
    "disabled": _accept,
    **dict.fromkeys(_SWITCHES, _accept),
}


def reply_keyboard(markup: JSON, *, private: bool) -> JSON:
    """Returns a reply keyboard with every button as an object."""
    rows = _rows(markup, "keyboard")
    placeholder = markup.get("input_field_placeholder") or ""
    if utf16_length(placeholder) > PLACEHOLDER_UNITS_MAX:
        raise bad_request("REPLY_MARKUP_PLACEHOLDER_INVALID")
    checked = [[_key(button, private=private) for button in row] for row in rows if row]
    if not checked:
        raise bad_request("reply keyboard must have at least one button")
    return {**markup, "keyboard": checked}


def _key(button: Any, *, private: bool) -> JSON:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    _check_style(button)
    if button.get("request_contact") and not private:
        raise bad_request("phone number can be requested in private chats only")
    if button.get("request_location") and not private:
        raise bad_request("location can be requested in private chats only")
    return {key: value for key, value in button.items() if value is not None}
