"""The jobs of the business: what time sets off for clients, and for those who answer them."""

from collections.abc import Collection

from operations import approvals, birthdays, cases, feedback, redemptions, win_back
from operations.due import Due
from operations.transaction import Tx
from scheduler.jobs import Job


def business_jobs(owner_ids: Collection[int]) -> tuple[Job, ...]:
    """Every job there is; `owner_ids` are told what is for owners."""
    return (
        _birthdays(),
        _win_backs(),
        Job(feedback.JOB, feedback.due_requests, feedback.ask),
        _cases_opened(owner_ids),
        _cases_overdue(owner_ids),
        Job(redemptions.JOB, redemptions.due_endings, redemptions.end_unanswered),
        Job(approvals.JOB, approvals.due_lapses, approvals.end_unanswered),
    )


def _birthdays() -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await birthdays.congratulate(tx, due)

    return Job(birthdays.JOB, birthdays.due_birthdays, act)


def _win_backs() -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await win_back.invite_back(tx, due)

    return Job(
        win_back.JOB,
        win_back.due_win_backs,
        act,
        epoch=win_back.epoch,
        meanwhile=win_back.due_after_consent,
    )


def _cases_opened(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await cases.tell_late(tx, due, owner_ids)

    return Job(cases.OPENED_JOB, cases.due_tellings, act)


def _cases_overdue(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await cases.remind(tx, due, owner_ids)

    return Job(cases.OVERDUE_JOB, cases.due_reminders, act)
