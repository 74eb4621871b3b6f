"""Chats that Telegram told us to leave alone for a while, remembered over a restart."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import chat_waits


async def note(db: AsyncConnection, chat_id: int, until: datetime) -> None:
    """Nothing goes to this chat before that moment of real time."""
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    await db.execute(
        insert(chat_waits)
        .values(chat_id=chat_id, until=until)
        .on_conflict_do_update(index_elements=["chat_id"], set_={"until": until})
    )


async def all_after(db: AsyncConnection, now: datetime) -> dict[int, datetime]:
    """The waits that are not over."""
    rows = await db.execute(select(chat_waits).where(chat_waits.c.until > now))
    return {row.chat_id: row.until for row in rows}


async def forget(db: AsyncConnection, before: datetime) -> None:
    """Deletes the waits that were over by then."""
    await db.execute(delete(chat_waits).where(chat_waits.c.until <= before))
