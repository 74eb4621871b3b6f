"""What people agreed to: rows are only ever added, the newest of a kind holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import consents


class ConsentKind(StrEnum):
    DATA = "data"
    ADVERT = "advert"


@dataclass(frozen=True)
class Consent:
    """One answer, with the version of the text that was shown."""

    kind: ConsentKind
    given: bool
    text_version: str
    at: datetime


async def add(db: AsyncConnection, client_id: int, consent: Consent) -> None:
    """Keeps the answer."""
    await db.execute(
        insert(consents).values(
            client_id=client_id,
            kind=consent.kind.value,
            given=consent.given,
            text_version=consent.text_version,
            at=consent.at,
        )
    )


async def advert_agreed_at(db: AsyncConnection, client_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these last agreed to advertising; who never did is left out."""
    query = (
        select(consents.c.client_id, func.max(consents.c.at).label("agreed_at"))
        .where(
            consents.c.client_id.in_(list(client_ids)),
            consents.c.kind == ConsentKind.ADVERT.value,
            consents.c.given,
        )
        .group_by(consents.c.client_id)
    )
    return {row.client_id: row.agreed_at for row in await db.execute(query)}


async def of_client(db: AsyncConnection, client_id: int) -> tuple[Consent, ...]:
    """Everything the client ever answered, oldest first."""
    query = (
        select(consents.c.kind, consents.c.given, consents.c.text_version, consents.c.at)
        .where(consents.c.client_id == client_id)
        .order_by(consents.c.id)
    )
    return tuple(
        Consent(ConsentKind(row.kind), row.given, row.text_version, row.at)
        for row in await db.execute(query)
    )
