"""Who writes to us: the Telegram account, and the client and member of staff behind it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, cast, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import COLUMNS, Client, client_from
from storage.tables import clients, fsm_states, staff, telegram_accounts


class Role(IntEnum):
    """They add up: an owner is a manager is staff."""

    STAFF = 1
    MANAGER = 2
    OWNER = 3

    @property
    def code(self) -> str:
        """As the database and commands spell it."""
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> "Role":
        """The role of that code; KeyError if there is none."""
        return cls[code.upper()]


@dataclass(frozen=True)
class Account:
    """All that the database knows of an account that writes, read in one query."""

    is_known: bool
    language_code: str | None
    language: str | None  # of the first contact, or chosen since
    unreachable: bool
    referral_code: str | None  # of the first friend's link that they opened
    source_code: str | None  # of the first poster or page
    client: Client | None
    role: Role | None  # as the staff table has it
    branch: str | None
    staff_name: str | None
    state: str | None
    state_data: Mapping[str, Any]


_who = select(cast(bindparam("person"), BigInteger).label("person")).subquery("who")
_a, _c, _s, _f = telegram_accounts, clients, staff, fsm_states
_ACCOUNT = (
    select(
        _a.c.telegram_id,
        _a.c.language_code.label("account_language_code"),
        _a.c.language.label("account_language"),
        _a.c.unreachable_since,
        _a.c.referral_code,
        _a.c.source_code,
        _s.c.role,
        _s.c.branch,
        _s.c.name.label("staff_name"),
        _f.c.state,
        _f.c.data,
        *(column.label(f"client_{column.name}") for column in COLUMNS),
    )
    .select_from(_who)
    .outerjoin(_a, _a.c.telegram_id == _who.c.person)
    .outerjoin(_c, _c.c.telegram_id == _who.c.person)
    .outerjoin(_s, and_(_s.c.telegram_id == _who.c.person, _s.c.dismissed_at.is_(None)))
    .outerjoin(_f, and_(_f.c.chat_id == bindparam("chat"), _f.c.user_id == _who.c.person))
)


async def account(db: AsyncConnection, telegram_id: int, chat_id: int) -> Account:
    """The account, whatever there is of it, with its conversation in this chat."""
    rows = await db.execute(_ACCOUNT, {"person": telegram_id, "chat": chat_id})
    row = rows.mappings().one()
    return Account(
        is_known=row["telegram_id"] is not None,
        language_code=row["account_language_code"],
        language=row["account_language"],
        unreachable=row["unreachable_since"] is not None,
        referral_code=row["referral_code"],
        source_code=row["source_code"],
        client=None if row["client_id"] is None else client_from(row, "client_"),
        role=None if row["role"] is None else Role.of(row["role"]),
        branch=row["branch"],
        staff_name=row["staff_name"],
        state=row["state"],
        state_data={} if row["data"] is None else json.loads(row["data"]),
    )


async def meet(
    db: AsyncConnection,
    telegram_id: int,
    language_code: str | None,
    now: datetime,
    *,
    language: str | None = None,
) -> None:
    """Knows the account from now on, as reachable and with this language code.

    `language` is kept where none is yet: what was fixed or chosen before stays.
    """
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    values = {"language_code": language_code, "unreachable_since": None}
    statement = insert(telegram_accounts).values(
        telegram_id=telegram_id, first_seen_at=now, language=language, **values
    )
    kept = func.coalesce(telegram_accounts.c.language, statement.excluded.language)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["telegram_id"], set_={**values, "language": kept}
        )
    )


async def choose_language(db: AsyncConnection, telegram_id: int, language: str) -> None:
    """Remembers the language that the person chose."""
    await db.execute(
        update(telegram_accounts)
        .where(telegram_accounts.c.telegram_id == telegram_id)
        .values(language=language)
    )


async def note_referral(db: AsyncConnection, telegram_id: int, code: str, now: datetime) -> bool:
    """Keeps whose link brought a stranger; the first counts, False for a later one (rule 14)."""
    own = telegram_accounts.c
    result = await db.execute(
        update(telegram_accounts)
        .where(own.telegram_id == telegram_id, own.referral_code.is_(None))
        .values(referral_code=code, referral_at=now)
    )
    return result.rowcount == 1


async def note_source(db: AsyncConnection, telegram_id: int, code: str, now: datetime) -> bool:
    """Keeps where a stranger's first link hung; False for a later one."""
    own = telegram_accounts.c
    result = await db.execute(
        update(telegram_accounts)
        .where(own.telegram_id == telegram_id, own.source_code.is_(None))
        .values(source_code=code, source_at=now)
    )
    return result.rowcount == 1


async def note_former_card(db: AsyncConnection, telegram_id: int, client_id: int) -> None:
    """The account has lost this record to a merge or to another account of the same person."""
    await db.execute(
        update(telegram_accounts)
        .where(telegram_accounts.c.telegram_id == telegram_id)
        .values(former_client_id=client_id)
    )


async def former_accounts(db: AsyncConnection, ids: Collection[int]) -> set[int]:
    """The accounts that lost one of these records and have had no other since."""
    has_card = exists().where(clients.c.telegram_id == telegram_accounts.c.telegram_id)
    query = select(telegram_accounts.c.telegram_id).where(
        telegram_accounts.c.former_client_id.in_(ids), ~has_card
    )
    return set((await db.execute(query)).scalars())


async def note_unreachable(db: AsyncConnection, telegram_id: int, now: datetime) -> None:
    """The person blocked the bot or is gone: nothing is sent until they write again."""
    await db.execute(
        update(telegram_accounts)
        .where(
            telegram_accounts.c.telegram_id == telegram_id,
            telegram_accounts.c.unreachable_since.is_(None),
        )
        .values(unreachable_since=now)
    )


async def reported_language(db: AsyncConnection, telegram_id: int) -> tuple[str | None, str | None]:
    """The language kept and the code Telegram reports, for whoever is written to unasked."""
    row = (
        await db.execute(
            select(telegram_accounts.c.language, telegram_accounts.c.language_code).where(
                telegram_accounts.c.telegram_id == telegram_id
            )
        )
    ).first()
    return (None, None) if row is None else (row.language, row.language_code)
