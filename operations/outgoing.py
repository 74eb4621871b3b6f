"""Queues what people are told, in the transaction of what it tells about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from operations.languages import spoken_language
from operations.transaction import Tx
from storage import forgetting, outbox, people
from storage.clients import Client
from storage.outbox import File, Lane, Letter
from templates.contexts import dump_context
from templates.messages import Message

__all__ = [
    "File",
    "Lane",
    "Letter",
    "Recipient",
    "notify",
    "notify_each",
    "queue",
    "queue_reworded",
    "to_account",
    "to_client",
]


@dataclass(frozen=True)
class Recipient:
    """Whose chat a notice goes to, in which language; `client_id` where it is about a client."""

    chat_id: int
    language: str
    client_id: int | None = None


def to_client(client: Client) -> Recipient | None:
    """The client as a recipient; None for who has no Telegram account here."""
    if client.telegram_id is None:
        return None
    return Recipient(client.telegram_id, client.language, client.id)


async def to_account(tx: Tx, telegram_id: int) -> Recipient:
    """Staff or an owner as a recipient, in the language they last wrote in."""
    chosen, code = await people.reported_language(tx.db, telegram_id)
    return Recipient(telegram_id, spoken_language(tx.programme, chosen, code))


async def notify(
    tx: Tx,
    recipient: Recipient | None,
    message: Message,
    *,
    lane: Lane = Lane.SERVICE,
    key: str | None = None,
    not_before: datetime | None = None,
    keeps_quiet: bool = False,
) -> None:
    """Queues a notice; one with a `key` is said once. Nothing happens without a recipient."""
    if recipient is None:
        return
    letter = _notice(recipient, message, lane, keeps_quiet)
    await queue(tx, [replace(letter, key=key, not_before=not_before)])


async def notify_each(tx: Tx, notices: Sequence[tuple[Recipient | None, Message]]) -> None:
    """Service notices that keep quiet hours, to many people in one statement."""
    letters = [
        _notice(recipient, message, Lane.SERVICE, keeps_quiet=True)
        for recipient, message in notices
        if recipient is not None
    ]
    await queue(tx, letters)


def _notice(recipient: Recipient, message: Message, lane: Lane, keeps_quiet: bool) -> Letter:
    return Letter(
        lane=lane,
        chat_id=recipient.chat_id,
        notice=message.message_name,
        context=dump_context(message),
        language=recipient.language,
        client_id=recipient.client_id,
        keeps_quiet=keeps_quiet,
    )


async def queue_reworded(tx: Tx, letters: Sequence[Letter]) -> None:
    """Puts these in place of the letters with the same ids that wait, in delivery's memory too."""
    await forgetting.reword(tx.db, letters)
    tx.queued.extend(replace(letter, is_reworded=True) for letter in letters)


async def queue(tx: Tx, letters: Sequence[Letter]) -> None:
    """Queues finished letters and remembers them for delivery after the commit."""
    tx.queued.extend(await outbox.queue(tx.db, letters, tx.now))
