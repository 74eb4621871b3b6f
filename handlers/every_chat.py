"""What any chat may meet: /cancel, a command that is none, words nobody waits for, an error."""

from typing import Any

import structlog
from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ErrorEvent, Message

from handlers.client_filters import IsCommand
from handlers.conversations import Conversation
from handlers.refusals import in_words
from handlers.replies import Replies, Say
from handlers.stimulus import Stimulus
from handlers.taps import refused_kind
from loyalty.refusals import Refusal
from operations.client_card import menu_of
from operations.refused import record_tap
from operations.senders import Sender
from operations.transaction import Tx
from operations.visit_previews import put_previews_aside
from templates.every_chat import Cancelled, NothingToCancel, UnknownCommand, UnknownTap
from templates.previews import PreviewRefused

log = structlog.get_logger("handlers")

first = Router(name="every chat, first")
last = Router(name="every chat, last")


@first.message(Command("cancel"))
async def cancel(
    message: Message,
    tx: Tx,
    sender: Sender,
    say: Say,
    conversation: Conversation,
    ended_state: str | None = None,
) -> Replies:
    was_open = ended_state is not None or conversation.is_open or conversation.is_paused
    # A client's keys may be those of a question that is now closed: the menu takes their place.
    menu = menu_of(tx.programme) if conversation.is_paused and sender.client else None
    conversation.end()
    if was_open:
        return say(Cancelled(menu))
    put_aside = await put_previews_aside(tx, actor=sender)
    return say(PreviewRefused() if put_aside else NothingToCancel())


@last.message(IsCommand())
async def unknown_command(message: Message, say: Say) -> Replies:
    return say(UnknownCommand())


@last.callback_query()
async def unknown_tap(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    """Nobody's button by now. One of the desk, of a manager or about a client's thing is noted."""
    kind = refused_kind(callback)
    if kind is not None:
        await record_tap(tx, actor=sender, kind=kind.prefix)
    return say.toast(UnknownTap())


@last.error()
async def refused(event: ErrorEvent, stimulus: Stimulus) -> Any:
    """The one place where a refusal becomes words; anything else is a fault and goes on up."""
    refusal = event.exception
    words = in_words(refusal) if isinstance(refusal, Refusal) else None
    if words is None or stimulus.say is None:
        raise refusal
    log.info("refused", refusal=type(refusal).__name__)
    return stimulus.say(words)
