"""Emptying messages that nobody reads any more, because a person is erased (rule 21).

Theirs alone cannot be told apart: a name stands in what others wrote and read too. So all that was
handled or sent goes, and what still waits then goes once it was.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.outbox import Lane, Letter, letter_from, written_payload
from storage.tables import (
    clients,
    erasures,
    inbox,
    outbox,
    outbox_files,
    staff,
    telegram_accounts,
)

AT_ONCE_MAX = 500  # rows of a table, in the transaction of the erasure itself
REASON = "erased"

_accounts = select(telegram_accounts.c.telegram_id)
# A literal: SQLite uses a partial index only where it sees the condition.
_WAITING: ColumnElement[str] = literal_column("'waiting'")


async def drop_waiting(
    db: AsyncConnection, ids: Collection[int], accounts: Collection[int], now: datetime
) -> None:
    """What was about to be sent to the person is not. Who works here keeps what is for staff."""
    nobodys = and_(outbox.c.chat_id.in_(accounts), outbox.c.chat_id.not_in(_accounts))
    theirs = and_(outbox.c.status == _WAITING, or_(outbox.c.client_id.in_(ids), nobodys))
    rows = list((await db.execute(select(outbox.c.id).where(theirs))).scalars())
    if not rows:
        return
    await db.execute(delete(outbox_files).where(outbox_files.c.outbox_id.in_(rows)))
    await db.execute(
        update(outbox)
        .where(outbox.c.id.in_(rows))
        .values(status="skipped", reason=REASON, payload=None, context=None, done_at=now)
    )


@dataclass(frozen=True)
class Waiting:
    """A letter that waits, and what its recipient is called, where that is a client."""

    letter: Letter
    recipient_name: str | None


async def waiting_for_others(
    db: AsyncConnection, ids: Collection[int], pieces: Collection[str], *, after_id: int, limit: int
) -> list[Waiting]:
    """Letters that wait, not adverts, in which one of these pieces of text stands, by rising id.

    Whoever works here is not looked upon as a client: they read of others.
    """
    works_here = exists().where(
        staff.c.telegram_id == outbox.c.chat_id, staff.c.dismissed_at.is_(None)
    )
    own_name = case((works_here, None), else_=clients.c.name).label("recipient_name")
    said = [
        column.contains(piece, autoescape=True)
        for column in (outbox.c.payload, outbox.c.context)
        for piece in pieces
    ]
    query = (
        select(outbox, own_name)
        .outerjoin(clients, clients.c.telegram_id == outbox.c.chat_id)
        .where(
            outbox.c.status == _WAITING,
            outbox.c.id > after_id,
            outbox.c.lane != int(Lane.ADVERT),
            or_(outbox.c.client_id.is_(None), outbox.c.client_id.not_in(ids)),
            or_(*said),
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    rows = (await db.execute(query)).mappings()
    return [Waiting(letter_from(row), row["recipient_name"]) for row in rows]


async def reword(db: AsyncConnection, letters: Sequence[Letter]) -> None:
    """Puts these words in place of those that waited; the files of what is no call go."""
    for letter in letters:
        if letter.method is None:
            await db.execute(delete(outbox_files).where(outbox_files.c.outbox_id == letter.id))
        await db.execute(
            update(outbox)
            .where(outbox.c.id == letter.id, outbox.c.status == _WAITING)
            .values(
                method=letter.method,
                payload=None if letter.payload is None else written_payload(letter.payload),
                notice=letter.notice,
                context=letter.context,
                language=letter.language,
                has_files=letter.has_files,
            )
        )


async def forget_messages(db: AsyncConnection, ids: Collection[int], *, newest: int) -> None:
    """Empties the newest messages that were handled or sent, and the chats that nobody is behind.

    The keys of what the records `ids` were told go too: one may name an account.
    """
    updates, letters = await behind_newest(db, newest)
    await empty_updates(db, await full_updates(db, after_id=updates, limit=newest))
    await empty_letters(db, await full_letters(db, after_id=letters, limit=newest))
    await db.execute(update(outbox).where(outbox.c.client_id.in_(ids)).values(key=None))


async def behind_newest(db: AsyncConnection, rows: int) -> tuple[int, int]:
    """The ids of updates and letters behind which so many of the newest stand."""
    last_update = (await db.execute(select(func.max(inbox.c.id)))).scalar() or 0
    last_letter = (await db.execute(select(func.max(outbox.c.id)))).scalar() or 0
    return last_update - rows, last_letter - rows


async def full_updates(db: AsyncConnection, *, after_id: int, limit: int) -> list[int]:
    """What people sent and was handled, by rising id."""
    named = and_(inbox.c.order_key != 0, _is_nobodys(inbox.c.order_key))
    left = and_(inbox.c.status != "waiting", or_(inbox.c.raw.is_not(None), named))
    return await _rows(db, inbox.c.id, left, after_id, limit)


async def full_letters(db: AsyncConnection, *, after_id: int, limit: int) -> list[int]:
    """What people were sent, by rising id."""
    named = and_(outbox.c.chat_id != 0, _is_nobodys(outbox.c.chat_id))
    full = or_(outbox.c.payload.is_not(None), outbox.c.context.is_not(None))
    left = and_(outbox.c.status != "waiting", or_(full, named))
    return await _rows(db, outbox.c.id, left, after_id, limit)


async def empty_updates(db: AsyncConnection, rows: Collection[int]) -> None:
    """The digests stay, so that none is taken twice."""
    if not rows:
        return
    is_nobodys = _is_nobodys(inbox.c.order_key)
    await db.execute(
        update(inbox)
        .where(inbox.c.id.in_(rows))
        .values(
            raw=None,
            traceback=case((is_nobodys, None), else_=inbox.c.traceback),
            order_key=case((is_nobodys, 0), else_=inbox.c.order_key),
        )
    )


async def empty_letters(db: AsyncConnection, rows: Collection[int]) -> None:
    """That something was sent, and when, stays."""
    if not rows:
        return
    is_nobodys = _is_nobodys(outbox.c.chat_id)
    await db.execute(delete(outbox_files).where(outbox_files.c.outbox_id.in_(rows)))
    await db.execute(
        update(outbox)
        .where(outbox.c.id.in_(rows))
        .values(
            payload=None,
            context=None,
            key=case((is_nobodys, None), else_=outbox.c.key),
            chat_id=case((is_nobodys, 0), else_=outbox.c.chat_id),
        )
    )


async def _rows(
    db: AsyncConnection,
    column: ColumnElement[int],
    left: ColumnElement[bool],
    after_id: int,
    limit: int,
) -> list[int]:
    query = select(column).where(column > after_id, left).order_by(column).limit(limit)
    return list((await db.execute(query)).scalars())


def _is_nobodys(chat: ColumnElement[int]) -> ColumnElement[bool]:
    return chat.not_in(_accounts)


# -- erasures whose messages were still under way


async def is_anything_untidied(db: AsyncConnection) -> bool:
    query = select(erasures.c.id).where(erasures.c.tidied_at.is_(None)).limit(1)
    return (await db.execute(query)).first() is not None


async def note_tidied(db: AsyncConnection, before: datetime, now: datetime) -> None:
    """Nothing that was under way at an erasure of that time or earlier waits any more."""
    letters, updates = outbox.c, inbox.c
    waits = or_(
        exists().where(letters.status == _WAITING, letters.created_at <= erasures.c.at),
        exists().where(updates.status == _WAITING, updates.received_at <= erasures.c.at),
    )
    await db.execute(
        update(erasures)
        .where(erasures.c.tidied_at.is_(None), erasures.c.at <= before, ~waits)
        .values(tidied_at=now)
    )
