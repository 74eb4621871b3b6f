"""Emptying messages that nobody reads any more: those of a person who is erased, and theirs alone
cannot be told apart, for a name stands in what others wrote and read too. So all that was handled
or sent before goes; what still waits goes once it was."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import inbox, outbox, outbox_files, telegram_accounts

AT_ONCE_MAX = 2_000  # rows of a table, in the transaction of the erasure itself
REASON = "erased"

_accounts = select(telegram_accounts.c.telegram_id)


async def drop_waiting(
    db: AsyncConnection, ids: Collection[int], accounts: Collection[int], now: datetime
) -> None:
    """What was about to be sent to the person is not. Who works here keeps what is for staff."""
    nobodys = and_(outbox.c.chat_id.in_(accounts), outbox.c.chat_id.not_in(_accounts))
    theirs = and_(outbox.c.status == literal("waiting"), or_(outbox.c.client_id.in_(ids), nobodys))
    rows = list((await db.execute(select(outbox.c.id).where(theirs))).scalars())
    if not rows:
        return
    await db.execute(delete(outbox_files).where(outbox_files.c.outbox_id.in_(rows)))
    await db.execute(
        update(outbox)
        .where(outbox.c.id.in_(rows))
        .values(status="skipped", reason=REASON, payload=None, context=None, done_at=now)
    )


async def forget_messages(db: AsyncConnection, ids: Collection[int], *, limit: int) -> None:
    """Empties the newest messages that were handled or sent, and the chats that nobody is behind.

    The keys of what the records `ids` were told go too: one may name an account.
    """
    await forget_updates(db, limit=limit)
    await forget_letters(db, limit=limit)
    await db.execute(update(outbox).where(outbox.c.client_id.in_(ids)).values(key=None))


async def forget_updates(db: AsyncConnection, *, limit: int) -> int:
    """What people sent; what it was is kept as a digest, so that it is not taken twice."""
    rows = await _newest(db, inbox.c.id, _update_left(), limit)
    if rows:
        await db.execute(
            update(inbox)
            .where(inbox.c.id.in_(rows))
            .values(
                raw=None,
                traceback=case((_is_nobodys(inbox.c.order_key), None), else_=inbox.c.traceback),
                order_key=case((_is_nobodys(inbox.c.order_key), 0), else_=inbox.c.order_key),
            )
        )
    return len(rows)


async def forget_letters(db: AsyncConnection, *, limit: int) -> int:
    """What people were sent."""
    rows = await _newest(db, outbox.c.id, _letter_left(), limit)
    if rows:
        await db.execute(delete(outbox_files).where(outbox_files.c.outbox_id.in_(rows)))
        await db.execute(
            update(outbox)
            .where(outbox.c.id.in_(rows))
            .values(
                payload=None,
                context=None,
                key=case((_is_nobodys(outbox.c.chat_id), None), else_=outbox.c.key),
                chat_id=case((_is_nobodys(outbox.c.chat_id), 0), else_=outbox.c.chat_id),
            )
        )
    return len(rows)


async def _newest(
    db: AsyncConnection, column: ColumnElement[int], left: ColumnElement[bool], limit: int
) -> list[int]:
    newest = (await db.execute(select(func.max(column)))).scalar()
    if newest is None:
        return []
    query = select(column).where(column > newest - limit, left)
    return list((await db.execute(query)).scalars())


def _update_left() -> ColumnElement[bool]:
    named = and_(inbox.c.order_key != 0, _is_nobodys(inbox.c.order_key))
    return and_(inbox.c.status != "waiting", or_(inbox.c.raw.is_not(None), named))


def _letter_left() -> ColumnElement[bool]:
    named = and_(outbox.c.chat_id != 0, _is_nobodys(outbox.c.chat_id))
    full = or_(outbox.c.payload.is_not(None), outbox.c.context.is_not(None))
    return and_(outbox.c.status != "waiting", or_(full, named))


def _is_nobodys(chat: ColumnElement[int]) -> ColumnElement[bool]:
    return chat.not_in(_accounts)
