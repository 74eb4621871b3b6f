"""Whose birthday it is, among those whose greeting of that year was not claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import ClientStatus
from storage.job_claims import unclaimed
from storage.tables import clients


@dataclass(frozen=True)
class Span:
    """Days of one month whose birthdays are looked for, and the year in which they fall."""

    year: int
    month: int
    first_day: int
    last_day: int


@dataclass(frozen=True)
class Celebrant:
    """A client with a birthday in one of the spans."""

    id: int
    day: int
    month: int
    told_on: date | None
    created_at: datetime


async def ungreeted(
    db: AsyncConnection, job: str, spans: Sequence[Span], *, after_id: int, limit: int
) -> list[Celebrant]:
    """Clients with the bot and a birthday in one of the spans, whom the job has not claimed for
    the span's year."""
    within = [
        and_(
            clients.c.birthday_month == span.month,
            clients.c.birthday_day.between(span.first_day, span.last_day),
        )
        for span in spans
    ]
    year = case(
        *((found, literal(str(span.year))) for found, span in zip(within, spans, strict=True)),
        else_=literal(""),
    )
    query = (
        select(
            clients.c.id,
            clients.c.birthday_day.label("day"),
            clients.c.birthday_month.label("month"),
            clients.c.birthday_told_on.label("told_on"),
            clients.c.created_at,
        )
        .where(
            or_(*within),
            clients.c.id > after_id,
            clients.c.telegram_id.is_not(None),
            clients.c.status == ClientStatus.ACTIVE,
            unclaimed(job, clients.c.id, year),
        )
        .order_by(clients.c.id)
        .limit(limit)
    )
    return [Celebrant(**row) for row in (await db.execute(query)).mappings()]
