"""People who work here: invited by a link that works once, dismissed at once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.names import name_from_profile
from operations.authority import require
from operations.branches import branches_of
from operations.deep_links import INVITATION_CODE_CHARS, random_code
from operations.outgoing import notify, to_account
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import audit_log, staff
from storage.staff import Member, StoredInvitation
from templates.staff import ColleagueJoined, Leaving, StaffRole

__all__ = [
    "BranchUnknown",
    "Dismissed",
    "InvitationInvalid",
    "Invited",
    "Joined",
    "MayNot",
    "Member",
    "MemberUnknown",
    "MemberView",
    "Team",
    "WorksAlready",
    "accept_invitation",
    "branches_of",
    "dismiss_member",
    "invite_staff",
    "show_member",
    "show_team",
    "withdraw_invitation",
]

INVITATION_LIVES = timedelta(hours=48)
PAGE_ROWS = 10
INVITATIONS_SHOWN_MAX = 10


@dataclass(frozen=True)
class Invited:
    """A link is made; its code is told only now."""

    code: str
    role: Role
    branch: str | None  # none: all of them
    expires_at: datetime


@dataclass(frozen=True)
class MayNot:
    """Managers invite and dismiss staff only; nobody dismisses themselves."""

    oneself: bool = False


@dataclass(frozen=True)
class BranchUnknown:
    """The business has no such branch, or which one is meant has not been said."""

    branches: tuple[str, ...]
    is_said: bool


@dataclass(frozen=True)
class Joined:
    """The account works here from now on."""

    member: Member


@dataclass(frozen=True)
class WorksAlready:
    """Whoever works here needs no invitation; it is not used up."""

    role: Role
    branch: str | None
    is_kept: bool  # the link still works, for somebody else


@dataclass(frozen=True)
class InvitationInvalid:
    """Unknown, used, too old or taken back; `is_known` where there is such an invitation."""

    is_known: bool


@dataclass(frozen=True)
class Team:
    """A page of who works here, and the invitations that are open."""

    members: tuple[Member, ...]
    count: int
    page: int
    pages: int
    invitations: tuple[StoredInvitation, ...]


@dataclass(frozen=True)
class MemberView:
    """One colleague, as this actor may deal with them."""

    member: Member
    invited_by: str | None
    may_dismiss: bool


@dataclass(frozen=True)
class Dismissed:
    """Gone, by this request or by an earlier one."""

    member: Member
    invitations_withdrawn: int
    repeated: bool


@dataclass(frozen=True)
class MemberUnknown:
    """There is no such colleague."""


async def show_team(tx: Tx, *, actor: Sender, page: int) -> Team:
    """Everybody who works here, by pages."""
    require(actor, Role.MANAGER)
    count = await staff.count(tx.db)
    pages = max(-(-count // PAGE_ROWS), 1)
    shown = min(max(page, 1), pages)
    members = await staff.page(tx.db, offset=(shown - 1) * PAGE_ROWS, limit=PAGE_ROWS)
    invitations = await staff.open_invitations(tx.db, tx.now, limit=INVITATIONS_SHOWN_MAX)
    return Team(tuple(members), count, shown, pages, tuple(invitations))


async def show_member(tx: Tx, *, actor: Sender, member_id: int) -> MemberView | MemberUnknown:
    """One colleague who works here."""
    require(actor, Role.MANAGER)
    member = await staff.by_id(tx.db, member_id)
    if member is None or member.dismissed_at is not None:
        return MemberUnknown()
    invited_by = member.invited_by
    return MemberView(
        member=member,
        invited_by=None if invited_by is None else await staff.name_of(tx.db, invited_by),
        may_dismiss=_may_deal_with(actor, member.role) and member.telegram_id != actor.telegram_id,
    )


async def invite_staff(
    tx: Tx, *, actor: Sender, role: Role, branch: str | None, everywhere: bool = False
) -> Invited | MayNot | BranchUnknown:
    """Makes a link that makes a colleague, once. Owners work in all branches.

    `branch` as typed; staff and managers need one where the business has several, but a manager
    may be meant for `everywhere`.
    """
    require(actor, Role.MANAGER)
    if not _may_deal_with(actor, role):
        return MayNot()
    branches = branches_of(tx.programme)
    place = _branch(branches, branch)
    if role is Role.OWNER or (role is Role.MANAGER and everywhere):
        place = None
    elif place is None:
        return BranchUnknown(branches, is_said=bool(branch))
    code = random_code(INVITATION_CODE_CHARS)
    stored = await staff.invite(
        tx.db,
        {
            "code_hash": _hash(code),
            "role": role,
            "branch": place,
            "created_by": actor.telegram_id,
            "created_at": tx.now,
            "expires_at": tx.now + INVITATION_LIVES,
        },
    )
    await _record(tx, actor, "staff.invited", stored.id, role)
    return Invited(code, role, place, stored.expires_at)


async def withdraw_invitation(tx: Tx, *, actor: Sender, invitation_id: int) -> bool | MayNot:
    """Takes an unused invitation back; False if it was used or taken back before."""
    require(actor, Role.MANAGER)
    stored = await staff.invitation(tx.db, invitation_id)
    if stored is None:
        return False
    if not _may_deal_with(actor, stored.role):
        return MayNot()
    withdrawn = await staff.withdraw(tx.db, invitation_id, tx.now)
    if withdrawn:
        await _record(tx, actor, "staff.invitation_withdrawn", invitation_id, stored.role)
    return withdrawn


async def accept_invitation(
    tx: Tx, *, actor: Sender, code: str
) -> Joined | WorksAlready | InvitationInvalid:
    """Makes whoever opens the link a colleague; of many who open it at once, one."""
    stored = await staff.invitation_by_hash(tx.db, _hash(code))
    if stored is None:
        return InvitationInvalid(is_known=False)
    if actor.role is not None:
        is_kept = stored.used_at is None and stored.withdrawn_at is None
        return WorksAlready(actor.role, actor.branch, is_kept and stored.expires_at > tx.now)
    if not await staff.use(tx.db, stored.id, by=actor.telegram_id, now=tx.now):
        return InvitationInvalid(is_known=True)
    name = name_from_profile(actor.first_name) or f"id {actor.telegram_id}"
    member_id = await staff.hire(
        tx.db,
        telegram_id=actor.telegram_id,
        name=name,
        role=stored.role,
        branch=stored.branch,
        invited_by=stored.created_by,
        now=tx.now,
    )
    await _record(tx, actor, "staff.joined", member_id, stored.role, invitation=stored.id)
    told = ColleagueJoined(name=name, role=StaffRole(stored.role.code), branch=stored.branch)
    await notify(tx, await to_account(tx, stored.created_by), told)
    member = await staff.by_id(tx.db, member_id)
    assert member is not None, "just hired"
    return Joined(member)


async def dismiss_member(
    tx: Tx, *, actor: Sender, member_id: int
) -> Dismissed | MayNot | MemberUnknown:
    """Ends somebody's work here, and the invitations that they handed out."""
    require(actor, Role.MANAGER)
    member = await staff.by_id(tx.db, member_id)
    if member is None:
        return MemberUnknown()
    if member.telegram_id == actor.telegram_id:
        return MayNot(oneself=True)
    if not _may_deal_with(actor, member.role):
        return MayNot()
    if not await staff.dismiss(tx.db, member_id, tx.now):
        return Dismissed(member, 0, repeated=True)
    withdrawn = await staff.withdraw_all_of(tx.db, member.telegram_id, tx.now)
    await _record(tx, actor, "staff.dismissed", member_id, member.role)
    leaving = Leaving(business=tx.programme.business.name)
    await notify(tx, await to_account(tx, member.telegram_id), leaving)
    return Dismissed(member, withdrawn, repeated=False)


def _may_deal_with(actor: Sender, role: Role) -> bool:
    return actor.may_act_as(Role.OWNER) or role is Role.STAFF


def _branch(branches: tuple[str, ...], typed: str | None) -> str | None:
    if len(branches) == 1 and not typed:
        return branches[0]
    wanted = " ".join((typed or "").casefold().split())
    return next((branch for branch in branches if branch.casefold() == wanted), None)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


async def _record(
    tx: Tx, actor: Sender, action: str, subject_id: int, role: Role, **more: int
) -> None:
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action=action,
        subject_id=subject_id,
        details={"role": role.code, **more},
    )
