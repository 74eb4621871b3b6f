"""What handlers return, and how it becomes rows of the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers.telegram_messages import TextCall, edited, sent
from operations.outgoing import File, Lane, Letter
from operations.senders import Sender
from templates.contexts import dump_context
from templates.messages import Message, Toast
from templates.rendering import Renderer

Reply = TelegramMethod[Any] | TextCall | Message
Replies = Reply | Sequence[Reply] | None


@dataclass(frozen=True)
class Say:
    """Puts a message into the sender's language and chat; nothing is sent by it."""

    renderer: Renderer
    chat_id: int
    language: str
    callback: CallbackQuery | None = None

    def __call__(self, message: Message) -> Reply:
        """A new message; one with a picture is rendered and drawn as it is sent."""
        rendered = self.renderer.render(message, self.language)
        if rendered.picture is not None:
            return message
        return self._kept(message, sent(self.chat_id, rendered))

    def edit(self, message: Message) -> TextCall:
        """The message in place of the one whose button was tapped."""
        rendered = self.renderer.render(message, self.language)
        tapped = self.callback.message if self.callback else None
        if tapped is None:
            return self._kept(message, sent(self.chat_id, rendered))
        return self._kept(message, edited(self.chat_id, tapped.message_id, rendered))

    def _kept(self, message: Message, call: TextCall) -> TextCall:
        key = message.kept_as()
        return call if key is None else replace(call, key=key, language=self.language)

    def edit_elsewhere(
        self, chat_id: int, message_id: int, language: str, message: Message
    ) -> TextCall:
        """The message in place of one that somebody else was sent."""
        return edited(chat_id, message_id, self.renderer.render(message, language))

    def toast(self, toast: Toast, *, alert: bool = False) -> AnswerCallbackQuery:
        """The short answer to a tap; as an alert it waits to be closed."""
        assert self.callback is not None, "only a tap is answered by a toast"
        text = self.renderer.render(toast, self.language).plain
        return AnswerCallbackQuery(callback_query_id=self.callback.id, text=text, show_alert=alert)


def letters(
    bot: Bot, replies: Replies, sender: Sender | None, callback_id: str | None
) -> list[Letter]:
    """The replies as letters. A tap that got no answer of its own gets an empty one."""
    made = [_letter(bot, reply, sender) for reply in _flat(replies)]
    if callback_id is not None and not any(letter.lane is Lane.CALLBACK for letter in made):
        made.insert(
            0,
            call_letter(
                bot,
                AnswerCallbackQuery(callback_query_id=callback_id),
                chat_id=sender.telegram_id if sender else 0,
            ),
        )
    return made


def _flat(replies: Replies) -> Iterable[Reply]:
    if replies is None:
        return ()
    if isinstance(replies, (TelegramMethod, TextCall, Message)):
        return (replies,)
    return replies


def _letter(bot: Bot, reply: Reply, sender: Sender | None) -> Letter:
    if isinstance(reply, Message):
        assert sender is not None, "a picture goes to somebody"
        return Letter(
            lane=Lane.REPLY,
            chat_id=sender.telegram_id,
            notice=reply.message_name,
            context=dump_context(reply),
            language=sender.language,
            client_id=sender.client.id if sender.client else None,
        )
    if isinstance(reply, TextCall):
        letter = Letter(
            Lane.REPLY, int(reply.fields["chat_id"]), method=reply.method, payload=reply.fields
        )
        if reply.key is None:
            return letter
        return replace(letter, key=reply.key, may_repeat=True, language=reply.language)
    return call_letter(bot, reply, chat_id=sender.telegram_id if sender else 0)


def call_letter(bot: Bot, method: TelegramMethod[Any], *, chat_id: int) -> Letter:
    """A finished call, serialised as aiogram's own session would send it."""
    fields, files = serialised(bot, method)
    lane = Lane.CALLBACK if isinstance(method, AnswerCallbackQuery) else Lane.REPLY
    return Letter(
        lane=lane,
        chat_id=int(fields.get("chat_id", chat_id)),
        method=method.__api_method__,
        payload=fields,
        files=files,
    )


def serialised(bot: Bot, method: TelegramMethod[Any]) -> tuple[Mapping[str, str], tuple[File, ...]]:
    """The call's form fields and its files, defaults of the bot resolved."""
    inputs: dict[str, Any] = {}
    fields: dict[str, str] = {}
    for name, value in method.model_dump(warnings=False).items():
        prepared = bot.session.prepare_value(value, bot=bot, files=inputs)
        if prepared:
            fields[name] = str(prepared)
    return fields, tuple(_file(field, value) for field, value in inputs.items())


def _file(field: str, value: Any) -> File:
    if not isinstance(value, BufferedInputFile):
        raise TypeError("only bytes at hand can wait in the outbox")
    return File(field, value.filename or field, value.data)
