"""What goes with a client when two records of one person become one (rule 17).

Every column that names a client is in one of the two lists or has a function of its own below; a
test goes through all tables, so that a new one is not forgotten.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.referrals import AWAITING_VISIT
from storage.tables import (
    adjustments,
    approvals,
    badge_grants,
    cases,
    challenge_places,
    clients,
    consents,
    data_requests,
    disputes,
    erasures,
    feedback,
    imported_cards,
    job_claims,
    ledger_entries,
    lots,
    outbox,
    partner_codes,
    pending_points,
    redemptions,
    referrals,
    reward_claims,
    tier_changes,
    visit_previews,
    visits,
    win_backs,
)

# Rows that are the person's, whichever record they were written for.
MOVED = (
    lots.c.client_id,
    visits.c.client_id,
    feedback.c.client_id,
    cases.c.client_id,
    disputes.c.client_id,
    win_backs.c.client_id,
    imported_cards.c.counts_for_id,
    pending_points.c.client_id,
)
# Rows that say what was so at their time, for the record that they name.
KEPT = (
    ledger_entries.c.client_id,  # appended only; a transfer pair takes the balance along
    tier_changes.c.client_id,
    consents.c.client_id,  # who agreed, in which account
    imported_cards.c.client_id,
    visit_previews.c.client_id,  # an open one finds its client gone and is made anew
    outbox.c.client_id,
    clients.c.merged_into_id,
    # An open question finds its client gone at the tap, and holds nothing of the other record's.
    redemptions.c.client_id,
    approvals.c.client_id,
    adjustments.c.client_id,
    challenge_places.c.client_id,  # as it was told at the end
    reward_claims.c.client_id,  # what waited was given back before
    data_requests.c.client_id,  # a file for a record that is gone is not made
    erasures.c.client_id,  # who was erased is merged with nobody
)
# Rows of which a client has one of a kind: functions of their own decide.
CHOSEN = (
    badge_grants.c.client_id,
    referrals.c.friend_id,
    referrals.c.referrer_id,
    partner_codes.c.client_id,
)


async def records_of(db: AsyncConnection, client_id: int) -> list[int]:
    """The client's record and those that were merged into it, the newest first."""
    found = select(clients.c.id).where(clients.c.id == client_id).cte(recursive=True)
    merged = select(clients.c.id).join(found, clients.c.merged_into_id == found.c.id)
    query = select(found.union(merged).c.id)
    return sorted((await db.execute(query)).scalars(), reverse=True)


async def move_rows(db: AsyncConnection, *, source_id: int, target_id: int) -> None:
    """Gives all of `MOVED` to the target."""
    for column in MOVED:
        await db.execute(
            update(column.table).where(column == source_id).values({column.name: target_id})
        )


async def open_points(db: AsyncConnection, client_id: int) -> int:
    """What the client's lots hold."""
    query = select(func.coalesce(func.sum(lots.c.remaining), 0)).where(
        lots.c.client_id == client_id
    )
    return int((await db.execute(query)).scalar_one())


async def move_badges(db: AsyncConnection, *, source_id: int, target_id: int) -> None:
    """The target gets the badges that it lacks; what it has is not granted twice (rule 13)."""
    own = badge_grants.alias("own")
    held = exists().where(
        own.c.client_id == target_id,
        own.c.badge == badge_grants.c.badge,
        own.c.revoked_at.is_(None),
    )
    query = select(badge_grants.c.badge).where(
        badge_grants.c.client_id == source_id, badge_grants.c.revoked_at.is_(None), ~held
    )
    lacking = list((await db.execute(query)).scalars())
    if not lacking:
        return
    await db.execute(
        delete(badge_grants).where(
            badge_grants.c.client_id == target_id, badge_grants.c.badge.in_(lacking)
        )
    )
    await db.execute(
        update(badge_grants)
        .where(badge_grants.c.client_id == source_id, badge_grants.c.badge.in_(lacking))
        .values(client_id=target_id)
    )


async def move_referrals(db: AsyncConnection, *, source_id: int, target_id: int) -> None:
    """Who brought the source brought the target, if nobody had; friends of one are the other's.

    Nobody is left as their own referrer (rule 14): such a reward is no longer awaited.
    """
    both = and_(
        referrals.c.friend_id.in_((source_id, target_id)),
        referrals.c.referrer_id.in_((source_id, target_id)),
    )
    awaiting = [state.value for state in AWAITING_VISIT]
    await db.execute(delete(referrals).where(both, referrals.c.status.in_(awaiting)))
    own = referrals.alias("own")
    await db.execute(
        update(referrals)
        .where(
            referrals.c.friend_id == source_id,
            referrals.c.referrer_id != target_id,
            ~exists(select(own.c.friend_id).where(own.c.friend_id == target_id)),
        )
        .values(friend_id=target_id)
    )
    await db.execute(
        update(referrals)
        .where(referrals.c.referrer_id == source_id, referrals.c.friend_id != target_id)
        .values(referrer_id=target_id)
    )


async def copy_claims(
    db: AsyncConnection, jobs: Sequence[str], *, source_id: int, target_id: int, now: datetime
) -> None:
    """What was done for the one this year is done for the other: no second birthday gift."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    query = select(job_claims.c.job, job_claims.c.period).where(
        job_claims.c.job.in_(jobs), job_claims.c.subject == str(source_id)
    )
    rows = [
        {"job": row.job, "subject": str(target_id), "period": row.period, "at": now}
        for row in await db.execute(query)
    ]
    if rows:
        await db.execute(make(job_claims).on_conflict_do_nothing(), rows)
