"""Taking a person out of every table, and the little that is kept of it (rule 21).

Every column of text is in `CLEARED` or in `IMPERSONAL`; a test goes through all tables, so that a
new one is not forgotten.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
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
    erased_phones,
    erasures,
    feedback,
    fsm_states,
    job_claims,
    pending_points,
    redemptions,
    referrals,
    secrets,
    staff,
    telegram_accounts,
    visit_previews,
    visits,
)

CLEARED = frozenset(
    {
        "adjustments.reason",
        "case_messages.words",
        "clients.card_code",
        "clients.card_number",
        "clients.favourite_services",
        "clients.language",
        "clients.name",
        "clients.phone",
        "clients.referral_code",
        "consents.text_version",  # the row goes
        "data_requests.language",  # the row goes
        "feedback.words",
        "fsm_states.data",  # the row goes
        "inbox.raw",
        "inbox.traceback",
        "outbox.context",
        "outbox.key",
        "outbox.payload",
        "outbox_files.body",
        "outbox_files.file_name",
        "telegram_accounts.language",  # the row goes, unless somebody works here with it
        "telegram_accounts.language_code",
        "telegram_accounts.referral_code",
        "telegram_accounts.source_code",
        "visit_previews.service_text",
        "visits.service_text",
    }
)
# Codes, figures and names of the business's own; what people who work here are called.
IMPERSONAL = frozenset(
    {
        "audit_log.action",
        "audit_log.details",  # ids, numbers and codes alone: `audit_log.record` refuses the rest
        "challenge_endings.code",
        "disputes.key",
        "erased_phones.phone_hash",
        "feedback.key",
        "inbox.digest",
        "job_claims.job",
        "job_claims.period",
        "job_claims.subject",
        "ledger_entries.content_hash",
        "ledger_entries.key",
        "ledger_entries.reason",  # a code
        "outbox.language",
        "outbox.method",
        "outbox.notice",
        "outbox.reason",
        "outbox_files.field",
        "partner_codes.code",
        "partner_codes.partner",
        "pending_points.key",
        "programme_changes.key",
        "programme_changes.new",  # what owners write for everybody to read
        "programme_changes.old",
        "programme_drafts.key",
        "programme_drafts.new",
        "programme_drafts.seen",
        "reward_claims.code",  # of a claim that is closed: it opens nothing
        "reward_claims.name",  # of the reward
        "reward_claims.reward",
        "reward_stock.code",
        "secrets.name",
        "secrets.value",
        "staff.name",
        "staff_invitations.code_hash",
        "tier_changes.reason",  # a code
        "visit_previews.terms",
    }
)
# Of whatever table: a status, a role, a place, a code of the programme.
IMPERSONAL_NAMES = frozenset(
    {
        "accepted_branch",
        "author",
        "badge",
        "branch",
        "discount_percent",
        "from_tier",
        "kind",
        "percent",
        "promotion_code",
        "promotion_factor",
        "role",
        "service_code",
        "stamp_code",
        "state",
        "status",
        "tier",
        "to_tier",
    }
)
SECRET_NAME = "erased_phones"  # noqa: S105 (what the key is for, not the key)


@dataclass(frozen=True)
class Erasure:
    """One record that is nobody's any more; it names no person."""

    client_id: int
    client_created_at: datetime
    at: datetime

    @classmethod
    def told(cls, client_id: int, created_at: str, at: str) -> "Erasure":
        """From what a list says; raises ValueError and TypeError for what is none."""
        moments = datetime.fromisoformat(created_at), datetime.fromisoformat(at)
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a moment without its zone")
        return cls(int(client_id), *moments)


@dataclass(frozen=True)
class ErasedPhone:
    """When a phone was erased, and the latest year whose birthday gift it had got."""

    at: datetime
    birthday_year: int | None


# -- whose records


async def records_of(db: AsyncConnection, client_id: int) -> list[int]:
    """The client's record and those that were merged into it, the newest first."""
    found = select(clients.c.id).where(clients.c.id == client_id).cte(recursive=True)
    merged = select(clients.c.id).join(found, clients.c.merged_into_id == found.c.id)
    query = select(found.union(merged).c.id)
    return sorted((await db.execute(query)).scalars(), reverse=True)


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


# -- what is kept


async def note(db: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """Keeps that these records are nobody's."""
    born = select(clients.c.id, clients.c.created_at).where(clients.c.id.in_(ids))
    rows = [
        {"client_id": row.id, "client_created_at": row.created_at, "at": now}
        for row in await db.execute(born.order_by(clients.c.id))
    ]
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    await db.execute(make(erasures).on_conflict_do_nothing(index_elements=["client_id"]), rows)


async def erased_at(db: AsyncConnection, client_id: int) -> datetime | None:
    query = select(erasures.c.at).where(erasures.c.client_id == client_id)
    found: datetime | None = (await db.execute(query)).scalar()
    return found


async def after(db: AsyncConnection, last_id: int, *, limit: int) -> list[tuple[int, Erasure]]:
    """The erasures behind this id, by rising id, each with its own."""
    query = select(erasures).where(erasures.c.id > last_id).order_by(erasures.c.id).limit(limit)
    return [
        (row.id, Erasure(row.client_id, row.client_created_at, row.at))
        for row in await db.execute(query)
    ]


async def key_of_phones(db: AsyncConnection, *, made: str | None = None) -> str | None:
    """The secret that phones are hashed with; `made` becomes it where there is none yet."""
    if made is not None:
        make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        await db.execute(
            make(secrets)
            .values(name=SECRET_NAME, value=made)
            .on_conflict_do_nothing(index_elements=["name"])
        )
    query = select(secrets.c.value).where(secrets.c.name == SECRET_NAME)
    found: str | None = (await db.execute(query)).scalar()
    return found


async def remember_phone(
    db: AsyncConnection, phone_hash: str, *, now: datetime, birthday_year: int | None
) -> None:
    """Keeps the phone's hash; of two erasures the later one counts."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = make(erased_phones).values(
        phone_hash=phone_hash, at=now, birthday_year=birthday_year
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["phone_hash"],
            set_={
                "at": now,
                "birthday_year": func.coalesce(
                    statement.excluded.birthday_year, erased_phones.c.birthday_year
                ),
            },
        )
    )


async def phones(db: AsyncConnection, hashes: Collection[str]) -> dict[str, ErasedPhone]:
    """Those of these that were erased."""
    query = select(erased_phones).where(erased_phones.c.phone_hash.in_(sorted(hashes)))
    return {
        row.phone_hash: ErasedPhone(row.at, row.birthday_year) for row in await db.execute(query)
    }


async def forget_phones(db: AsyncConnection, before: datetime) -> int:
    """Deletes the hashes of phones that were erased before that moment; how many."""
    result = await db.execute(delete(erased_phones).where(erased_phones.c.at < before))
    return result.rowcount


async def latest_claim(db: AsyncConnection, ids: Collection[int], job: str) -> int | None:
    """The latest year for which a job that is done once a year was done for these records."""
    query = select(func.max(job_claims.c.period)).where(
        job_claims.c.job == job, job_claims.c.subject.in_([str(one) for one in ids])
    )
    found: str | None = (await db.execute(query)).scalar()
    return int(found) if found is not None and found.isdigit() else None
