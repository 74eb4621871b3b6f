"""The jobs of the business: what time sets off for clients."""

from collections.abc import Collection

from operations import birthdays
from operations.due import Due
from operations.transaction import Tx
from scheduler.jobs import Job


def business_jobs(owner_ids: Collection[int]) -> tuple[Job, ...]:
    """Every job there is; `owner_ids` are told what is for owners."""
    return (_birthdays(),)


def _birthdays() -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await birthdays.congratulate(tx, due)

    return Job(birthdays.JOB, birthdays.due_birthdays, act)
