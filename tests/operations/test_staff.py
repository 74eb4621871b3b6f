"""Invitations that work once, dismissal at once, and who may do which; on both databases."""

import asyncio
from datetime import timedelta

import pytest

from loyalty.programme import Programme
from operations.authority import NotAllowed
from operations.senders import Role, Sender
from operations.staff import (
    BranchUnknown,
    Dismissed,
    InvitationInvalid,
    Invited,
    Joined,
    MayNot,
    MemberUnknown,
    WorksAlready,
    accept_invitation,
    dismiss_member,
    invite_staff,
    show_member,
    show_team,
    withdraw_invitation,
)
from operations.transaction import Tx
from storage import staff
from storage.database import Database
from storage.staff import Member
from tests.operations.desk_people import OWNER_ID, Desk


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


async def invites(
    desk: Desk, actor: Sender, role: Role = Role.STAFF, branch: str | None = "Центр"
) -> Invited | MayNot | BranchUnknown:
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        return await invite_staff(tx, actor=actor, role=role, branch=branch)


async def code_for(desk: Desk, role: Role = Role.STAFF, branch: str | None = "Центр") -> str:
    invited = await invites(desk, await desk.sender(OWNER_ID), role, branch)
    assert isinstance(invited, Invited)
    return invited.code


async def opens(
    desk: Desk, telegram_id: int, code: str, name: str = "Алина"
) -> Joined | WorksAlready | InvitationInvalid:
    person = await desk.sender(telegram_id, name)
    async with desk.database.write() as db:
        return await accept_invitation(Tx(db, desk.now, desk.programme), actor=person, code=code)


async def dismisses(
    desk: Desk, actor: Sender, member_id: int
) -> Dismissed | MayNot | MemberUnknown:
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        return await dismiss_member(tx, actor=actor, member_id=member_id)


async def member_of(desk: Desk, telegram_id: int) -> Member:
    async with desk.database.read() as db:
        member = await staff.working(db, telegram_id)
    assert member is not None
    return member


async def test_a_link_makes_a_colleague_once(desk: Desk) -> None:
    code = await code_for(desk, branch="центр")
    joined = await opens(desk, 1, code, "  Алина \u202e<b>")
    assert isinstance(joined, Joined)
    assert (joined.member.name, joined.member.branch) == ("Алина <b>", "Центр")
    assert (await desk.sender(1)).role is Role.STAFF
    assert await opens(desk, 2, code) == InvitationInvalid(is_known=True)
    assert (await desk.sender(2)).role is None


async def test_ten_people_open_a_link_at_once_and_one_joins(desk: Desk) -> None:
    code = await code_for(desk)
    outcomes = await asyncio.gather(*(opens(desk, n, code) for n in range(1, 11)))
    assert len([outcome for outcome in outcomes if isinstance(outcome, Joined)]) == 1
    async with desk.database.read() as db:
        assert await staff.count(db) == 1


async def test_a_link_lapses_after_two_days(desk: Desk) -> None:
    code = await code_for(desk)
    desk.now += timedelta(hours=48)
    assert await opens(desk, 1, code) == InvitationInvalid(is_known=True)
    desk.now -= timedelta(seconds=1)
    assert isinstance(await opens(desk, 1, code), Joined)


async def test_a_guessed_code_is_nobodys(desk: Desk) -> None:
    assert await opens(desk, 1, "x" * 24) == InvitationInvalid(is_known=False)


async def test_who_works_here_does_not_use_a_link_up(desk: Desk) -> None:
    await desk.hires(1)
    code = await code_for(desk, Role.MANAGER)
    assert await opens(desk, 1, code) == WorksAlready(Role.STAFF, "Центр", is_kept=True)
    assert await opens(desk, OWNER_ID, code) == WorksAlready(Role.OWNER, None, is_kept=True)
    joined = await opens(desk, 2, code)
    assert isinstance(joined, Joined)
    assert joined.member.role is Role.MANAGER
    assert await opens(desk, 2, code) == WorksAlready(Role.MANAGER, "Центр", is_kept=False)


async def test_managers_invite_and_dismiss_staff_only(desk: Desk) -> None:
    manager = await desk.hires(3, role=Role.MANAGER)
    other = await desk.hires(4, role=Role.MANAGER)
    alina = await desk.hires(1)
    assert isinstance(await invites(desk, manager), Invited)
    assert await invites(desk, manager, Role.MANAGER) == MayNot()
    assert await invites(desk, manager, Role.OWNER) == MayNot()
    with pytest.raises(NotAllowed):
        await invites(desk, alina)
    assert await dismisses(desk, manager, (await member_of(desk, 4)).id) == MayNot()
    own = (await member_of(desk, 3)).id
    assert await dismisses(desk, manager, own) == MayNot(oneself=True)
    assert isinstance(await dismisses(desk, manager, (await member_of(desk, 1)).id), Dismissed)
    with pytest.raises(NotAllowed):
        await dismisses(desk, await desk.sender(1), (await member_of(desk, 3)).id)
    assert other.role is Role.MANAGER


async def test_an_owner_deals_with_anybody_and_owners_have_no_branch(desk: Desk) -> None:
    owner = await desk.sender(OWNER_ID)
    for role in Role:
        invited = await invites(desk, owner, role)
        assert isinstance(invited, Invited)
        assert invited.branch == (None if role is Role.OWNER else "Центр")
    await desk.hires(5, role=Role.OWNER, branch=None)
    assert isinstance(await dismisses(desk, owner, (await member_of(desk, 5)).id), Dismissed)


async def test_a_branch_that_does_not_exist_is_asked_for(desk: Desk) -> None:
    owner = await desk.sender(OWNER_ID)
    branches = ("Центр", "Вокзал")
    assert await invites(desk, owner, branch="Нигде") == BranchUnknown(branches, is_said=True)
    assert await invites(desk, owner, branch=None) == BranchUnknown(branches, is_said=False)


async def test_dismissal_is_at_once_and_once_and_withdraws_what_was_handed_out(
    desk: Desk,
) -> None:
    manager = await desk.hires(3, role=Role.MANAGER)
    invited = await invites(desk, manager)
    assert isinstance(invited, Invited)
    owner = await desk.sender(OWNER_ID)
    member_id = (await member_of(desk, 3)).id
    dismissed = await dismisses(desk, owner, member_id)
    assert isinstance(dismissed, Dismissed)
    assert (dismissed.invitations_withdrawn, dismissed.repeated) == (1, False)
    assert (await desk.sender(3)).role is None
    assert await opens(desk, 1, invited.code) == InvitationInvalid(is_known=True)
    again = await dismisses(desk, owner, member_id)
    assert isinstance(again, Dismissed)
    assert again.repeated
    assert await dismisses(desk, owner, 4_711) == MemberUnknown()


async def test_who_was_dismissed_can_be_invited_again(desk: Desk) -> None:
    await desk.hires(1)
    owner = await desk.sender(OWNER_ID)
    await dismisses(desk, owner, (await member_of(desk, 1)).id)
    joined = await opens(desk, 1, await code_for(desk, Role.MANAGER, "Вокзал"), "Алина Б.")
    assert isinstance(joined, Joined)
    sender = await desk.sender(1)
    assert (sender.role, sender.branch) == (Role.MANAGER, "Вокзал")


async def test_an_invitation_can_be_taken_back(desk: Desk) -> None:
    manager = await desk.hires(3, role=Role.MANAGER)
    code = await code_for(desk)
    await code_for(desk, Role.MANAGER)
    async with desk.database.read() as db:
        newest, oldest = await staff.open_invitations(db, desk.now, limit=9)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        assert await withdraw_invitation(tx, actor=manager, invitation_id=newest.id) == MayNot()
        assert await withdraw_invitation(tx, actor=manager, invitation_id=oldest.id) is True
        assert await withdraw_invitation(tx, actor=manager, invitation_id=oldest.id) is False
    assert await opens(desk, 1, code) == InvitationInvalid(is_known=True)


async def test_the_team_is_shown_by_pages(desk: Desk) -> None:
    for number in range(1, 13):
        await desk.hires(number, name=f"Коллега {number}")
    owner = await desk.sender(OWNER_ID)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        team = await show_team(tx, actor=owner, page=9)
        assert (team.count, team.page, team.pages) == (12, 2, 2)
        assert [member.name for member in team.members] == ["Коллега 11", "Коллега 12"]
        view = await show_member(tx, actor=owner, member_id=team.members[0].id)
        assert not isinstance(view, MemberUnknown)
        assert view.may_dismiss
        assert await show_member(tx, actor=owner, member_id=99) == MemberUnknown()


async def test_every_act_on_the_team_is_on_record(desk: Desk) -> None:
    await opens(desk, 1, await code_for(desk))
    await dismisses(desk, await desk.sender(OWNER_ID), (await member_of(desk, 1)).id)
    async with desk.database.read() as db:
        rows = await db.exec_driver_sql("SELECT action, actor_id FROM audit_log ORDER BY id")
        found = [tuple(row) for row in rows]
    assert found == [
        ("staff.invited", OWNER_ID),
        ("staff.joined", 1),
        ("staff.dismissed", OWNER_ID),
    ]


async def test_unused_invitations_are_forgotten_in_the_end(desk: Desk) -> None:
    await code_for(desk)
    used = await code_for(desk)
    await opens(desk, 1, used)
    desk.now += timedelta(days=40)
    async with desk.database.write() as db:
        assert await staff.forget_invitations(db, desk.now) == 1
        assert await staff.forget_invitations(db, desk.now) == 0
