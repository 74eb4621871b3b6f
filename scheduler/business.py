"""The jobs of the business: what time sets off for clients, and for those who answer them."""

from collections.abc import Collection

from operations import birthdays, cases, feedback
from operations.due import Due
from operations.transaction import Tx
from scheduler.jobs import Job


def business_jobs(owner_ids: Collection[int]) -> tuple[Job, ...]:
    """Every job there is; `owner_ids` are told what is for owners."""
    return (
        _birthdays(),
        Job(feedback.JOB, feedback.due_requests, feedback.ask),
        _cases_opened(owner_ids),
        _cases_overdue(owner_ids),
    )


def _birthdays() -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await birthdays.congratulate(tx, due)

    return Job(birthdays.JOB, birthdays.due_birthdays, act)


def _cases_opened(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await cases.tell_late(tx, due, owner_ids)

    return Job(cases.OPENED_JOB, cases.due_tellings, act)


def _cases_overdue(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await cases.remind(tx, due, owner_ids)

    return Job(cases.OVERDUE_JOB, cases.due_reminders, act)
