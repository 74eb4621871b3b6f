"""Rendered messages as calls of the Bot API, keyboards as aiogram's types, a message as words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

import orjson
from aiogram import types

from templates.callbacks import Callback
from templates.keyboards import (
    Button,
    CopyText,
    ForceReply,
    InlineKeyboard,
    Keyboard,
    OpenUrl,
    RemoveKeyboard,
    ReplyKeyboard,
    Share,
)
from templates.rendering import Rendered

TelegramKeyboard = (
    types.InlineKeyboardMarkup
    | types.ReplyKeyboardMarkup
    | types.ReplyKeyboardRemove
    | types.ForceReply
)
NO_PREVIEW = '{"is_disabled":true}'
KEYBOARDS_REMEMBERED = 500  # most are the same for everybody


@dataclass(frozen=True)
class TextCall:
    """A text on its way, as the form fields that Telegram gets.

    One that has a key is found by it once sent, with its language, to be changed when it is over.
    """

    method: str
    fields: Mapping[str, str]
    key: str | None = None
    language: str | None = None


def words_of(message: types.Message) -> str:
    """What a person wrote, be it under a picture."""
    return (message.text or message.caption or "").strip()


def sent(chat_id: int, rendered: Rendered) -> TextCall:
    """The message as a new one in the chat."""
    return TextCall("sendMessage", {"chat_id": str(chat_id), **_text_fields(rendered)})


def edited(chat_id: int, message_id: int, rendered: Rendered) -> TextCall:
    """The message in place of an older one; without a keyboard the old buttons go."""
    if rendered.keyboard is not None and not isinstance(rendered.keyboard, InlineKeyboard):
        raise TypeError("only an inline keyboard can be edited into a message")
    place = {"chat_id": str(chat_id), "message_id": str(message_id)}
    return TextCall("editMessageText", {**place, **_text_fields(rendered)})


def _text_fields(rendered: Rendered) -> dict[str, str]:
    fields = {
        "text": rendered.text,
        "parse_mode": "HTML",
        "link_preview_options": NO_PREVIEW,
    }
    if rendered.keyboard is not None:
        fields["reply_markup"] = _markup(rendered.keyboard)
    return fields


@lru_cache(maxsize=KEYBOARDS_REMEMBERED)
def _markup(keyboard: Keyboard) -> str:
    """The keyboard as JSON: to build aiogram's objects and dump them costs as much as a query."""
    dumped = telegram_keyboard(keyboard).model_dump(mode="json", exclude_none=True)
    return orjson.dumps(dumped).decode()


def telegram_keyboard(keyboard: Keyboard) -> TelegramKeyboard:
    """Any keyboard as Telegram's type."""
    match keyboard:
        case InlineKeyboard():
            return inline_keyboard(keyboard)
        case ReplyKeyboard():
            return types.ReplyKeyboardMarkup(
                keyboard=[
                    [
                        types.KeyboardButton(
                            text=key.label,
                            request_contact=key.request_contact,
                            style=None if key.style is None else key.style.value,
                        )
                        for key in row
                    ]
                    for row in keyboard.rows
                ],
                resize_keyboard=True,
                is_persistent=keyboard.persistent,
                one_time_keyboard=keyboard.one_time,
                input_field_placeholder=keyboard.placeholder,
            )
        case RemoveKeyboard():
            return types.ReplyKeyboardRemove(remove_keyboard=True)
        case ForceReply():
            return types.ForceReply(force_reply=True, input_field_placeholder=keyboard.placeholder)
        case _:
            assert_never(keyboard)


def inline_keyboard(keyboard: InlineKeyboard) -> types.InlineKeyboardMarkup:
    return types.InlineKeyboardMarkup(
        inline_keyboard=[[_inline_button(button) for button in row] for row in keyboard.rows]
    )


def _inline_button(button: Button) -> types.InlineKeyboardButton:
    style = None if button.style is None else button.style.value
    match button.action:
        case Callback():
            return types.InlineKeyboardButton(
                text=button.label, callback_data=button.action.pack(), style=style
            )
        case OpenUrl(url=url):
            return types.InlineKeyboardButton(text=button.label, url=url, style=style)
        case CopyText(text=text):
            return types.InlineKeyboardButton(
                text=button.label, copy_text=types.CopyTextButton(text=text), style=style
            )
        case Share(text=text):
            chosen = types.SwitchInlineQueryChosenChat(
                query=text,
                allow_user_chats=True,
                allow_group_chats=True,
                allow_channel_chats=False,
                allow_bot_chats=False,
            )
            return types.InlineKeyboardButton(
                text=button.label, switch_inline_query_chosen_chat=chosen, style=style
            )
        case _:
            assert_never(button.action)
