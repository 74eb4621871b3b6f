"""Where each conversation stands: written in the transaction of what moved it."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import fsm_states


async def save(
    db: AsyncConnection, *, chat_id: int, user_id: int, state: str | None, data: Mapping[str, Any]
) -> None:
    """Keeps the state and its data; a conversation without either leaves no row."""
    if state is None and not data:
        await db.execute(
            delete(fsm_states).where(
                fsm_states.c.chat_id == chat_id, fsm_states.c.user_id == user_id
            )
        )
        return
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    values = {"state": state, "data": json.dumps(data, ensure_ascii=False)}
    await db.execute(
        insert(fsm_states)
        .values(chat_id=chat_id, user_id=user_id, **values)
        .on_conflict_do_update(index_elements=["chat_id", "user_id"], set_=values)
    )
