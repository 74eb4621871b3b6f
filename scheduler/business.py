"""The jobs of the business: what time sets off for clients, and for those who answer them."""

from collections.abc import Collection

from operations import (
    approvals,
    birthdays,
    cases,
    challenge_prizes,
    desk_watch,
    expiry,
    feedback,
    invited_levels,
    pending,
    redemptions,
    reviews,
    reward_claims,
    win_back,
)
from operations.due import Due
from operations.transaction import Tx
from scheduler.jobs import ActTogether, Epoch, FindDue, Job, ReadFirst, Together
from storage.challenge_ends import RankedPlace

# A transaction of so many lasts some twenty milliseconds: nobody waits noticeably behind it.
SUBJECTS_MAX = 50
PAGE_MAX = 2_000


def business_jobs(owner_ids: Collection[int]) -> tuple[Job, ...]:
    """Every job there is; `owner_ids` are told what is for owners."""
    return (
        _birthdays(),
        _win_backs(),
        _activations(),
        Job(feedback.JOB, feedback.due_requests, feedback.ask),
        _many(expiry.JOB, expiry.due_expiries, expiry.expire, expiry.epoch),
        _many(expiry.WARNINGS_JOB, expiry.due_warnings, expiry.warn, expiry.warnings_epoch),
        _many(reviews.WARNINGS_JOB, reviews.due_warnings, reviews.warn, reviews.warnings_epoch),
        _many(reviews.JOB, reviews.due_reviews, reviews.review, reviews.epoch),
        Job(invited_levels.JOB, invited_levels.due_ends, invited_levels.end_or_warn),
        _cases_opened(owner_ids),
        _cases_overdue(owner_ids),
        Job(reward_claims.REMIND_JOB, reward_claims.due_reminders, reward_claims.remind),
        Job(reward_claims.LAPSE_JOB, reward_claims.due_lapses, reward_claims.lapse),
        *_challenge_ends(owner_ids),
        Job(redemptions.JOB, redemptions.due_endings, redemptions.end_unanswered),
        Job(approvals.JOB, approvals.due_lapses, approvals.end_unanswered),
        _desk_watch(owner_ids),
    )


def _many(name: str, due: FindDue, act: ActTogether, epoch: Epoch) -> Job:
    return Job(name, due, Together(act, SUBJECTS_MAX, PAGE_MAX), epoch=epoch)


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


def _activations() -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await pending.activate(tx, due)

    return Job(pending.JOB, pending.due_activations, act)


def _cases_opened(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await cases.tell_late(tx, due, owner_ids)

    return Job(cases.OPENED_JOB, cases.due_tellings, act)


def _cases_overdue(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await cases.remind(tx, due, owner_ids)

    return Job(cases.OVERDUE_JOB, cases.due_reminders, act)


def _challenge_ends(owner_ids: Collection[int]) -> tuple[Job, ...]:
    """In the order in which a contest ends."""

    async def rank(tx: Tx, due: Due) -> tuple[RankedPlace, ...]:
        return await challenge_prizes.rank(tx, due, owner_ids)

    return (
        Job(
            challenge_prizes.JOB,
            challenge_prizes.due_prizes,
            ReadFirst(rank, challenge_prizes.close),
        ),
        Job(
            challenge_prizes.PLACES_JOB,
            challenge_prizes.due_places,
            Together(challenge_prizes.write_places, subjects_max=1, page_max=PAGE_MAX),
        ),
        Job(challenge_prizes.PAY_JOB, challenge_prizes.due_payments, challenge_prizes.pay),
        Job(challenge_prizes.TELL_JOB, challenge_prizes.due_tellings, challenge_prizes.tell),
    )


def _desk_watch(owner_ids: Collection[int]) -> Job:
    async def act(tx: Tx, due: Due) -> None:
        await desk_watch.watch(tx, due, owner_ids)

    return Job(desk_watch.JOB, desk_watch.due_visits, act)
