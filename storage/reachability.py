"""What decides, as a letter is sent, whether it may be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import ClientStatus
from storage.outbox import Lane
from storage.tables import clients, outbox, telegram_accounts


@dataclass(frozen=True)
class Reachability:
    """How a person stands to being written to."""

    unreachable: bool
    status: ClientStatus | None
    advert_consent: bool
    adverts_sent: int  # since the moment asked about


NOBODY = Reachability(unreachable=False, status=None, advert_consent=False, adverts_sent=0)

_adverts = (
    select(func.count())
    .select_from(outbox)
    .where(
        outbox.c.client_id == clients.c.id,
        outbox.c.lane == int(Lane.ADVERT),
        outbox.c.status == "sent",
        outbox.c.done_at > bindparam("since"),
    )
    .scalar_subquery()
)
_STANDINGS = (
    select(
        telegram_accounts.c.telegram_id,
        telegram_accounts.c.unreachable_since,
        clients.c.id.label("client_id"),
        clients.c.status,
        clients.c.advert_consent,
        _adverts.label("adverts"),
    )
    .select_from(telegram_accounts)
    .outerjoin(clients, clients.c.telegram_id == telegram_accounts.c.telegram_id)
    .where(telegram_accounts.c.telegram_id.in_(bindparam("chats", expanding=True)))
)


async def of(
    db: AsyncConnection, chat_id: int, client_id: int | None, *, adverts_since: datetime
) -> Reachability:
    """How the person behind this chat stands now, as that client."""
    return (await of_each(db, [(chat_id, client_id)], adverts_since=adverts_since))[0]


async def of_each(
    db: AsyncConnection,
    chats: Sequence[tuple[int, int | None]],
    *,
    adverts_since: datetime,
) -> list[Reachability]:
    """The same for several chats, each with the client that it is about, in one query."""
    parameters = {"chats": sorted({chat_id for chat_id, _ in chats}), "since": adverts_since}
    rows = {row.telegram_id: row for row in await db.execute(_STANDINGS, parameters)}
    return [_as_client(rows.get(chat_id), client_id) for chat_id, client_id in chats]


def _as_client(row: Any, client_id: int | None) -> Reachability:
    if row is None:
        return NOBODY
    unreachable = row.unreachable_since is not None
    if client_id is None or row.client_id != client_id:
        return replace(NOBODY, unreachable=unreachable)
    return Reachability(unreachable, ClientStatus(row.status), row.advert_consent, row.adverts)
