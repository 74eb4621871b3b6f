"""Taking a person out of every table (rule 21); `storage.forgetting` empties their messages."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.referrals import AWAITING_VISIT
from storage.clients import ClientStatus
from storage.tables import (
    adjustments,
    approvals,
    case_messages,
    cases,
    chat_waits,
    clients,
    consents,
    data_requests,
    disputes,
    feedback,
    fsm_states,
    pending_points,
    redemptions,
    referrals,
    staff,
    telegram_accounts,
    visit_previews,
    visits,
)

# -- what waits


async def close_previews(db: AsyncConnection, ids: Collection[int]) -> None:
    """Nothing that staff still see can be confirmed."""
    await db.execute(
        update(visit_previews)
        .where(visit_previews.c.client_id.in_(ids), visit_previews.c.status == "open")
        .values(status="refused")
    )


async def cancel_pending(db: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    """Points that rest will never be on a card."""
    await db.execute(
        update(pending_points)
        .where(pending_points.c.client_id.in_(ids), pending_points.c.status == "pending")
        .values(status="cancelled", settled_at=now)
    )


async def open_redemptions(db: AsyncConnection, ids: Collection[int]) -> list[int]:
    query = select(redemptions.c.id).where(
        redemptions.c.client_id.in_(ids), redemptions.c.status == "open"
    )
    return list((await db.execute(query.order_by(redemptions.c.id))).scalars())


async def open_approvals(db: AsyncConnection, ids: Collection[int]) -> list[int]:
    query = select(approvals.c.id).where(
        approvals.c.client_id.in_(ids), approvals.c.status == "open"
    )
    return list((await db.execute(query.order_by(approvals.c.id))).scalars())


# -- who it was


async def clear_records(db: AsyncConnection, ids: Collection[int], *, language: str) -> None:
    """Empties the rows; a record that was merged away still leads to the one it went into."""
    codes = select(clients.c.referral_code).where(
        clients.c.id.in_(ids), clients.c.referral_code.is_not(None)
    )
    # Strangers who opened the person's link are free to follow another.
    await db.execute(
        update(telegram_accounts)
        .where(telegram_accounts.c.referral_code.in_(codes))
        .values(referral_code=None, referral_at=None)
    )
    await db.execute(
        update(clients)
        .where(clients.c.id.in_(ids))
        .values(
            telegram_id=None,
            phone=None,
            name=None,
            birthday_day=None,
            birthday_month=None,
            birthday_year=None,
            birthday_told_on=None,
            language=language,
            card_number=None,
            card_code=None,
            referral_code=None,
            favourite_services="[]",
            advert_consent=False,
            leaderboard_hidden=True,
        )
    )
    await db.execute(
        update(clients)
        .where(clients.c.id.in_(ids), clients.c.status == ClientStatus.ACTIVE)
        .values(status=ClientStatus.ERASED)
    )


async def forget_accounts(db: AsyncConnection, accounts: Collection[int]) -> None:
    """The Telegram accounts, unless somebody works here with one; their conversations in any case.

    Who worked here once stays known too: visits and the audit log name them.
    """
    if not accounts:
        return
    works_here = select(staff.c.telegram_id)
    own = telegram_accounts.c
    await db.execute(
        update(telegram_accounts)
        .where(own.telegram_id.in_(accounts))
        .values(referral_code=None, referral_at=None, source_code=None, source_at=None)
    )
    await db.execute(delete(fsm_states).where(fsm_states.c.user_id.in_(accounts)))
    await db.execute(
        delete(chat_waits).where(
            chat_waits.c.chat_id.in_(accounts), chat_waits.c.chat_id.not_in(works_here)
        )
    )
    await db.execute(
        delete(telegram_accounts).where(
            own.telegram_id.in_(accounts), own.telegram_id.not_in(works_here)
        )
    )


async def words_about(db: AsyncConnection, ids: Collection[int], *, limit: int) -> list[str]:
    """The latest of what the person wrote, and of what was written to and of them."""
    of_cases = select(case_messages.c.words, case_messages.c.id).join(
        cases, cases.c.id == case_messages.c.case_id
    )
    queries = (
        select(feedback.c.words, feedback.c.id).where(feedback.c.client_id.in_(ids)),
        select(adjustments.c.reason, adjustments.c.id).where(adjustments.c.client_id.in_(ids)),
        of_cases.where(cases.c.client_id.in_(ids)),
    )
    return await _latest(db, queries, limit)


async def services_typed(db: AsyncConnection, ids: Collection[int], *, limit: int) -> list[str]:
    """The latest services of theirs that are on no list."""
    queries = [
        select(table.c.service_text, table.c.id).where(table.c.client_id.in_(ids))
        for table in (visits, visit_previews)
    ]
    return await _latest(db, queries, limit)


async def _latest(
    db: AsyncConnection, queries: Iterable[Select[tuple[str | None, int]]], limit: int
) -> list[str]:
    found: set[str] = set()
    for query in queries:
        said, number = query.selected_columns
        latest = query.where(said.is_not(None)).order_by(number.desc()).limit(limit)
        found.update(str(one) for one in (await db.execute(latest)).scalars())
    return sorted(found)


async def clear_words(
    db: AsyncConnection, ids: Collection[int], accounts: Collection[int], now: datetime
) -> None:
    """All that the person wrote, and all that was written to and of them."""
    for table in (visits, visit_previews):
        await db.execute(
            update(table)
            .where(table.c.client_id.in_(ids), table.c.service_text.is_not(None))
            .values(service_text=None)
        )
    await db.execute(
        update(adjustments)
        .where(adjustments.c.client_id.in_(ids), adjustments.c.status == "open")
        .values(status="dropped", decided_at=now)
    )
    await db.execute(update(adjustments).where(adjustments.c.client_id.in_(ids)).values(reason=""))
    await db.execute(update(feedback).where(feedback.c.client_id.in_(ids)).values(words=None))
    for kept in (consents, data_requests):
        await db.execute(delete(kept).where(kept.c.client_id.in_(ids)))
    await _clear_cases(db, ids, accounts, now)


async def _clear_cases(
    db: AsyncConnection, ids: Collection[int], accounts: Collection[int], now: datetime
) -> None:
    theirs = or_(cases.c.client_id.in_(ids), cases.c.telegram_id.in_(accounts))
    await db.execute(
        update(cases)
        .where(theirs, cases.c.status == "open")
        .values(status="closed", due_at=None, closed_at=now)
    )
    await db.execute(
        update(disputes)
        .where(disputes.c.client_id.in_(ids), disputes.c.released_at.is_(None))
        .values(released_at=now)
    )
    # The account that claimed the phone; a phone that is nobody's is claimed by nobody.
    await db.execute(update(cases).where(theirs).values(telegram_id=None))
    await db.execute(
        update(cases)
        .where(cases.c.client_id.in_(ids), cases.c.closed_by.in_(accounts))
        .values(closed_by=None)
    )
    said = case_messages.c.case_id.in_(select(cases.c.id).where(cases.c.client_id.in_(ids)))
    await db.execute(update(case_messages).where(said).values(words=None))
    await db.execute(
        update(case_messages)
        .where(said, case_messages.c.author_id.in_(accounts))
        .values(author_id=None)
    )


async def end_referrals(db: AsyncConnection, ids: Collection[int]) -> None:
    """Nobody waits for the first visit of a friend who is gone; rewards that were paid stay."""
    awaiting = [state.value for state in AWAITING_VISIT]
    await db.execute(
        delete(referrals).where(referrals.c.friend_id.in_(ids), referrals.c.status.in_(awaiting))
    )
