"""What decides, as a letter is sent, whether it may be."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
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


_adverts = (
    select(func.count())
    .select_from(outbox)
    .where(
        outbox.c.client_id == bindparam("client"),
        outbox.c.lane == int(Lane.ADVERT),
        outbox.c.status == "sent",
        outbox.c.done_at > bindparam("since"),
    )
    .scalar_subquery()
)
_STANDING = (
    select(
        telegram_accounts.c.unreachable_since,
        clients.c.status,
        clients.c.advert_consent,
        _adverts.label("adverts"),
    )
    .select_from(telegram_accounts)
    .outerjoin(
        clients,
        and_(
            clients.c.id == bindparam("client"),
            clients.c.telegram_id == telegram_accounts.c.telegram_id,
        ),
    )
    .where(telegram_accounts.c.telegram_id == bindparam("chat"))
)


async def of(
    db: AsyncConnection, chat_id: int, client_id: int | None, *, adverts_since: datetime
) -> Reachability:
    """How the person behind this chat stands now."""
    parameters = {"chat": chat_id, "client": client_id, "since": adverts_since}
    row = (await db.execute(_STANDING, parameters)).first()
    if row is None:
        return Reachability(unreachable=False, status=None, advert_consent=False, adverts_sent=0)
    return Reachability(
        unreachable=row.unreachable_since is not None,
        status=None if row.status is None else ClientStatus(row.status),
        advert_consent=bool(row.advert_consent),
        adverts_sent=row.adverts,
    )
