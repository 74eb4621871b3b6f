"""A letter as the call that Telegram gets; notices are rendered here, as they are sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.methods import SendDocument, SendPhoto, TelegramMethod
from aiogram.types import BufferedInputFile

from handlers.replies import serialised
from handlers.telegram_messages import sent, telegram_keyboard
from storage.outbox import File, Letter
from templates.contexts import load_context
from templates.markup import plain_text
from templates.pictures import Picture, is_document
from templates.rendering import Rendered, Renderer


@dataclass(frozen=True)
class Call:
    """A method of the Bot API with its form fields and files."""

    method: str
    fields: Mapping[str, str]
    files: tuple[File, ...] = ()

    @property
    def may_be_repeated(self) -> bool:
        """Said twice it is as if it were said once."""
        return not self.method.startswith(("send", "copy", "forward"))

    @property
    def can_be_new_message(self) -> bool:
        """The words are at hand, to be sent where they cannot be edited in."""
        return self.method == "editMessageText" and "chat_id" in self.fields

    def as_new_message(self) -> "Call":
        """The text of an edit as a message of its own."""
        fields = {name: value for name, value in self.fields.items() if name != "message_id"}
        return replace(self, method="sendMessage", fields=fields)

    def as_plain_text(self) -> "Call":
        """The same without markup, for when Telegram cannot read ours."""
        fields = {name: value for name, value in self.fields.items() if name != "parse_mode"}
        for name in ("text", "caption"):
            if name in fields:
                fields[name] = plain_text(fields[name])
        return replace(self, fields=fields)


class CallMaker:
    """Turns letters into calls."""

    def __init__(self, bot: Bot, renderer: Renderer) -> None:
        self._bot = bot
        self._renderer = renderer

    async def make(self, letter: Letter) -> Call:
        """The call; raises what loading, rendering or drawing raises: the letter is at fault."""
        if letter.method is not None:
            return Call(letter.method, letter.payload or {}, letter.files)
        assert letter.notice is not None
        assert letter.language is not None
        message = load_context(letter.notice, letter.context or "{}")
        rendered = self._renderer.render(message, letter.language)
        if rendered.picture is None:
            text = sent(letter.chat_id, rendered)
            return Call(text.method, text.fields)
        return self._serialise(await self._picture(letter.chat_id, rendered, rendered.picture))

    async def _picture(
        self, chat_id: int, rendered: Rendered, picture: Picture
    ) -> TelegramMethod[Any]:
        # Drawing takes tens of milliseconds: off the loop, so that nobody else waits for it.
        body = await asyncio.to_thread(picture.draw)
        if is_document(picture):
            return SendDocument(
                chat_id=chat_id,
                document=BufferedInputFile(body, picture.file_name),
                caption=rendered.text,
                parse_mode="HTML",
            )
        return SendPhoto(
            chat_id=chat_id,
            photo=BufferedInputFile(body, picture.file_name),
            caption=rendered.text,
            parse_mode="HTML",
            reply_markup=(
                None if rendered.keyboard is None else telegram_keyboard(rendered.keyboard)
            ),
        )

    def _serialise(self, method: TelegramMethod[Any]) -> Call:
        fields, files = serialised(self._bot, method)
        return Call(method.__api_method__, fields, files)
