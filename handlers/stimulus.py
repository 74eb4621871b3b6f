"""Around every handler: who is it, where does the conversation stand, and what if it refuses.

aiogram's own error handling lies around this, and would have the effects of a handler that raised
committed together with the error's reply. So a refusal is told in a second run, in a transaction
of its own, in which the handler is not called (see docs/decisions/one-transaction.md).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import TelegramObject, Update, User

from handlers.conversations import Conversation
from handlers.replies import Say
from loyalty.refusals import Refusal
from operations.challenges import TableAhead
from operations.in_force import InForce
from operations.refused import record_refusal
from operations.senders import Sender, identify
from operations.transaction import Tx
from templates.labels import menu_spellings
from templates.rendering import Renderer

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass
class Stimulus:
    """One update on its way through; `sender` is known once the middleware has asked."""

    tx: Tx
    renderer: Renderer
    owner_ids: frozenset[int]
    in_force: InForce
    # Why the first run's transaction was taken back; then this run only puts it in words.
    refusal: Refusal | None = None
    # What was read before the transaction began.
    ahead: TableAhead | None = None
    sender: Sender | None = None
    say: Say | None = None
    refused: Refusal | None = None  # by the handler, in this run


class StimulusMiddleware(BaseMiddleware):
    """Gives handlers `tx`, `sender`, `say` and `state`, and keeps their effects together."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Update)
        stimulus: Stimulus = data["stimulus"]
        user: User | None = data.get("event_from_user")
        chat = data.get("event_chat")
        if user is None or user.is_bot or (chat is not None and chat.type != "private"):
            # Groups, channels and bots are told nothing about anybody.
            return UNHANDLED
        tx = stimulus.tx
        chat_id = user.id if chat is None else chat.id
        sender = await identify(
            tx,
            telegram_id=user.id,
            chat_id=chat_id,
            first_name=user.full_name,
            language_code=user.language_code,
            owner_ids=stimulus.owner_ids,
        )
        say = Say(stimulus.renderer, chat_id, sender.language, event.callback_query)
        stimulus.sender, stimulus.say = sender, say
        conversation = Conversation(sender, chat_id)
        key = StorageKey(bot_id=data["bot"].id, chat_id=chat_id, user_id=user.id)
        data |= {
            "tx": tx,
            "sender": sender,
            "say": say,
            "in_force": stimulus.in_force,
            "conversation": conversation,
            "state": FSMContext(conversation, key),
            "raw_state": sender.state,
        }
        if _ends_dialogue(event) and conversation.is_open:
            # A command, or a key of the menu, ends the dialogue that it interrupts and is obeyed.
            data["ended_state"] = sender.state
            data["raw_state"] = None
            conversation.interrupt()
        if stimulus.refusal is not None:
            await record_refusal(tx, stimulus.refusal, actor=sender)
            raise stimulus.refusal
        try:
            replies = await handler(event, data)
            await conversation.save(tx)
        except Refusal as refusal:
            stimulus.refused = refusal
            raise
        return replies


def _ends_dialogue(update: Update) -> bool:
    text = update.message.text if update.message else None
    return text is not None and (text.startswith("/") or text in menu_spellings())
