"""The open transaction of one stimulus, and what every operation needs to know beside it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.calendar import business_day
from loyalty.programme import Programme
from storage.outbox import Letter


@dataclass(frozen=True)
class Tx:
    """One stimulus, one of these: all of its effects are in `db`, or none is."""

    db: AsyncConnection
    now: datetime  # business time, aware
    programme: Programme
    # What was queued here, to be handed to delivery once it is committed.
    queued: list[Letter] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The business day."""
        return business_day(self.now, self.programme.business.timezone)
