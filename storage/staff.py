"""Who works here, and the invitations by which they joined."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.people import Role
from storage.tables import clients, staff, staff_invitations

FORGET_BATCH_MAX = 1_000


@dataclass(frozen=True)
class Member:
    """Somebody who works or worked here."""

    id: int
    telegram_id: int
    name: str
    role: Role
    branch: str | None  # none: all of them
    joined_at: datetime
    invited_by: int | None
    dismissed_at: datetime | None


@dataclass(frozen=True)
class StoredInvitation:
    """A link that makes a colleague, once."""

    id: int
    role: Role
    branch: str | None
    created_by: int
    created_at: datetime
    expires_at: datetime
    used_by: int | None
    used_at: datetime | None
    withdrawn_at: datetime | None


_MEMBER = tuple(staff.c[name] for name in Member.__dataclass_fields__)
_INVITATION = tuple(staff_invitations.c[name] for name in StoredInvitation.__dataclass_fields__)
_WORKING = staff.c.dismissed_at.is_(None)
_UNUSED = (staff_invitations.c.used_at.is_(None), staff_invitations.c.withdrawn_at.is_(None))


async def page(db: AsyncConnection, *, offset: int, limit: int) -> list[Member]:
    """Who works here, in the order in which they joined."""
    query = select(*_MEMBER).where(_WORKING).order_by(staff.c.id).offset(offset).limit(limit)
    return [_member(row) for row in (await db.execute(query)).mappings()]


async def count(db: AsyncConnection) -> int:
    """How many work here."""
    query = select(func.count()).select_from(staff).where(_WORKING)
    return int((await db.execute(query)).scalar_one())


async def by_id(db: AsyncConnection, member_id: int) -> Member | None:
    """The member, dismissed or not."""
    return await _first_member(db, select(*_MEMBER).where(staff.c.id == member_id))


async def working(db: AsyncConnection, telegram_id: int) -> Member | None:
    """The member behind this account, if they work here."""
    return await _first_member(
        db, select(*_MEMBER).where(staff.c.telegram_id == telegram_id, _WORKING)
    )


async def leaders(db: AsyncConnection, *, branch: str | None) -> list[Member]:
    """Owners, and the managers of this branch or of all; None: the managers of every branch."""
    query = select(*_MEMBER).where(_WORKING, staff.c.role.in_([Role.MANAGER.code, Role.OWNER.code]))
    if branch is not None:
        query = query.where(or_(staff.c.branch == branch, staff.c.branch.is_(None)))
    return [_member(row) for row in (await db.execute(query.order_by(staff.c.id))).mappings()]


async def owners(db: AsyncConnection) -> list[int]:
    """The accounts of the owners who joined by an invitation."""
    query = select(staff.c.telegram_id).where(_WORKING, staff.c.role == Role.OWNER.code)
    return list((await db.execute(query)).scalars())


_NAME = select(
    func.coalesce(
        *(
            select(who.c.name).where(who.c.telegram_id == bindparam("person")).scalar_subquery()
            for who in (staff, clients)
        )
    )
)


async def name_of(db: AsyncConnection, telegram_id: int) -> str | None:
    """How whoever acts at the desk is called, dismissed or not; else as a client; else None."""
    name: str | None = (await db.execute(_NAME, {"person": telegram_id})).scalar()
    return name


async def has_worked(db: AsyncConnection, telegram_id: int) -> bool:
    """Whether they are staff, or were once."""
    query = select(staff.c.id).where(staff.c.telegram_id == telegram_id)
    return (await db.execute(query)).first() is not None


async def names_of(db: AsyncConnection, telegram_ids: Collection[int]) -> dict[int, str]:
    """The same of many; who has no name anywhere is left out."""
    as_client = select(clients.c.telegram_id, clients.c.name).where(
        clients.c.telegram_id.in_(telegram_ids), clients.c.name.is_not(None)
    )
    as_staff = select(staff.c.telegram_id, staff.c.name).where(
        staff.c.telegram_id.in_(telegram_ids)
    )
    names = {row.telegram_id: row.name for row in await db.execute(as_client)}
    return names | {row.telegram_id: row.name for row in await db.execute(as_staff)}


async def hire(
    db: AsyncConnection,
    *,
    telegram_id: int,
    name: str,
    role: Role,
    branch: str | None,
    invited_by: int,
    now: datetime,
) -> int:
    """Makes the account a member from now on, also one that was dismissed; returns the row's id."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    values = {
        "name": name,
        "role": role.code,
        "branch": branch,
        "joined_at": now,
        "invited_by": invited_by,
        "dismissed_at": None,
    }
    statement = (
        make(staff)
        .values(telegram_id=telegram_id, **values)
        .on_conflict_do_update(index_elements=["telegram_id"], set_=values)
        .returning(staff.c.id)
    )
    return int((await db.execute(statement)).scalar_one())


async def dismiss(db: AsyncConnection, member_id: int, now: datetime) -> bool:
    """Ends it; False if it had ended."""
    result = await db.execute(
        update(staff).where(staff.c.id == member_id, _WORKING).values(dismissed_at=now)
    )
    return result.rowcount == 1


async def invite(db: AsyncConnection, values: Mapping[str, Any]) -> StoredInvitation:
    """A new invitation; only the hash of its code is kept."""
    written = {**values, "role": values["role"].code}
    statement = insert(staff_invitations).values(**written).returning(*_INVITATION)
    return _invitation((await db.execute(statement)).mappings().one())


async def invitation(db: AsyncConnection, invitation_id: int) -> StoredInvitation | None:
    return await _first_invitation(
        db, select(*_INVITATION).where(staff_invitations.c.id == invitation_id)
    )


async def invitation_by_hash(db: AsyncConnection, code_hash: str) -> StoredInvitation | None:
    """The invitation whose code has this hash."""
    return await _first_invitation(
        db, select(*_INVITATION).where(staff_invitations.c.code_hash == code_hash)
    )


async def use(db: AsyncConnection, invitation_id: int, *, by: int, now: datetime) -> bool:
    """Uses it up; False if it was used, withdrawn or too old: of many at once one gets True."""
    result = await db.execute(
        update(staff_invitations)
        .where(
            staff_invitations.c.id == invitation_id, staff_invitations.c.expires_at > now, *_UNUSED
        )
        .values(used_by=by, used_at=now)
    )
    return result.rowcount == 1


async def withdraw(db: AsyncConnection, invitation_id: int, now: datetime) -> bool:
    """Takes an unused invitation back; False if there is nothing to take back."""
    result = await db.execute(
        update(staff_invitations)
        .where(staff_invitations.c.id == invitation_id, *_UNUSED)
        .values(withdrawn_at=now)
    )
    return result.rowcount == 1


async def withdraw_all_of(db: AsyncConnection, created_by: int, now: datetime) -> int:
    """Takes back what this account has handed out and nobody used; returns how many."""
    result = await db.execute(
        update(staff_invitations)
        .where(staff_invitations.c.created_by == created_by, *_UNUSED)
        .values(withdrawn_at=now)
    )
    return int(result.rowcount)


async def open_invitations(
    db: AsyncConnection, now: datetime, *, limit: int
) -> list[StoredInvitation]:
    """What can still be used, the newest first."""
    query = (
        select(*_INVITATION)
        .where(staff_invitations.c.expires_at > now, *_UNUSED)
        .order_by(staff_invitations.c.id.desc())
        .limit(limit)
    )
    return [_invitation(row) for row in (await db.execute(query)).mappings()]


async def forget_invitations(db: AsyncConnection, expired_before: datetime) -> int:
    """Drops a batch of invitations that lapsed unused; returns how many."""
    lapsed = (
        select(staff_invitations.c.id)
        .where(
            staff_invitations.c.expires_at < expired_before, staff_invitations.c.used_at.is_(None)
        )
        .limit(FORGET_BATCH_MAX)
    )
    result = await db.execute(delete(staff_invitations).where(staff_invitations.c.id.in_(lapsed)))
    return int(result.rowcount)


async def _first_member(db: AsyncConnection, query: Select[Any]) -> Member | None:
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _member(row)


async def _first_invitation(db: AsyncConnection, query: Select[Any]) -> StoredInvitation | None:
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _invitation(row)


def _member(row: Mapping[Any, Any]) -> Member:
    return Member(**{**row, "role": Role.of(row["role"])})


def _invitation(row: Mapping[Any, Any]) -> StoredInvitation:
    return StoredInvitation(**{**row, "role": Role.of(row["role"])})
