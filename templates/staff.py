"""Who works here: the list, invitations, joining and leaving."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, CopyText, InlineKeyboard, OpenUrl, Style, in_rows
from templates.labels import Labels
from templates.messages import AtMost, Link, Message, message
from templates.previews import BRANCHES_MAX, StartVisit

EVERYWHERE = -1  # the place of "all branches", which is none of them
MEMBERS_MAX = 10
INVITATIONS_MAX = 10


class StaffRole(StrEnum):
    """The roles of people who work here, as commands spell them."""

    STAFF = "staff"
    MANAGER = "manager"
    OWNER = "owner"


@callback("staff_page")
@dataclass(frozen=True)
class ShowStaff(Callback):
    """A page of the list, from 1."""

    page: int


@callback("staff_member")
@dataclass(frozen=True)
class ShowMember(Callback):
    """One colleague."""

    member_id: int


@callback("staff_dismiss")
@dataclass(frozen=True)
class OpenDismissal(Callback):
    """This colleague is to go: asked once more."""

    member_id: int


@callback("staff_dismissed")
@dataclass(frozen=True)
class DismissMember(Callback):
    """✅: this colleague goes."""

    member_id: int


@callback("staff_invite")
@dataclass(frozen=True)
class InviteStaff(Callback):
    """A new colleague; what is none is still to be chosen.

    `branch` is its place, or `EVERYWHERE`.
    """

    role: StaffRole | None = None
    branch: int | None = None


@callback("staff_withdraw")
@dataclass(frozen=True)
class WithdrawInvitation(Callback):
    """An invitation is to be taken back."""

    invitation_id: int


def role_label(labels: Labels, role: StaffRole) -> str:
    """The role in this language, as a button says it."""
    match role:
        case StaffRole.STAFF:
            return labels("staff.role_staff")
        case StaffRole.MANAGER:
            return labels("staff.role_manager")
        case StaffRole.OWNER:
            return labels("staff.role_owner")


@dataclass(frozen=True)
class MemberShown:
    """A colleague in the list."""

    member_id: int
    name: str
    role: StaffRole
    branch: str | None  # none: all of them


@dataclass(frozen=True)
class InvitationShown:
    """An invitation that nobody has used yet."""

    invitation_id: int
    role: StaffRole
    branch: str | None
    expires_at: dt.datetime


@message("staff/team")
@dataclass(frozen=True)
class Team(Message):
    """Everybody who works here, and the invitations that are open."""

    members: Annotated[tuple[MemberShown, ...], AtMost(MEMBERS_MAX)]
    count: int
    page: int
    pages: int
    invitations: Annotated[tuple[InvitationShown, ...], AtMost(INVITATIONS_MAX)]

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        people = [
            Button(labels("staff.member", name=member.name), ShowMember(member.member_id))
            for member in self.members
        ]
        withdrawals = [
            (
                Button(
                    labels("staff.withdraw", number=place),
                    WithdrawInvitation(invitation.invitation_id),
                ),
            )
            for place, invitation in enumerate(self.invitations, start=1)
        ]
        back = Button(labels("staff.back"), ShowStaff(self.page - 1)) if self.page > 1 else None
        on = Button(labels("staff.on"), ShowStaff(self.page + 1)) if self._has_more else None
        invite = Button(labels("staff.invite"), InviteStaff())
        return InlineKeyboard.of(*in_rows(people, 2), (back, on), *withdrawals, (invite,))

    @property
    def _has_more(self) -> bool:
        return self.page < self.pages


@message("staff/member")
@dataclass(frozen=True)
class Member(Message):
    """One colleague."""

    member_id: int
    name: str
    role: StaffRole
    branch: str | None
    joined_at: dt.datetime
    invited_by: str | None
    may_dismiss: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        dismiss = Button(labels("staff.dismiss"), OpenDismissal(self.member_id))
        return InlineKeyboard.stacked(dismiss if self.may_dismiss else None, _to_list(labels))


@message("staff/ask_dismissal")
@dataclass(frozen=True)
class AskDismissal(Message):
    """Really?"""

    member_id: int
    name: str

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        confirm = Button(
            labels("staff.confirm_dismissal"), DismissMember(self.member_id), Style.DANGER
        )
        return InlineKeyboard.of(
            (confirm, Button(labels("staff.refuse"), ShowMember(self.member_id)))
        )


@message("staff/dismissed")
@dataclass(frozen=True)
class Dismissed(Message):
    """The colleague is gone, and so is what they could do."""

    name: str
    invitations_withdrawn: int
    repeated: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_to_list(labels))


@message("staff/choose_role")
@dataclass(frozen=True)
class ChooseRole(Message):
    """Whom to invite."""

    roles: Annotated[tuple[StaffRole, ...], AtMost(3)]

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        roles = (Button(role_label(labels, role), InviteStaff(role)) for role in self.roles)
        return InlineKeyboard.stacked(*roles, _to_list(labels))


@message("staff/choose_branch")
@dataclass(frozen=True)
class ChooseBranch(Message):
    """Where the new colleague works."""

    role: StaffRole
    branches: Annotated[tuple[str, ...], AtMost(BRANCHES_MAX)]
    is_unknown: bool  # a branch was typed that does not exist

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        places = [
            Button(labels("staff.branch", branch=branch), InviteStaff(self.role, place))
            for place, branch in enumerate(self.branches)
        ]
        everywhere = Button(labels("staff.everywhere"), InviteStaff(self.role, EVERYWHERE))
        leads = self.role is StaffRole.MANAGER
        return InlineKeyboard.of(
            *in_rows(places, 2), (everywhere if leads else None,), (_to_list(labels),)
        )


@message("staff/invitation")
@dataclass(frozen=True)
class Invitation(Message):
    """The link for a new colleague."""

    role: StaffRole
    branch: str | None
    link: Link
    expires_at: dt.datetime
    share_link: Link | None = None

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        share = self.share_link and Button(labels("staff.share"), OpenUrl(self.share_link))
        copy = Button(labels("staff.copy_link"), CopyText(self.link))
        return InlineKeyboard.stacked(share or None, copy, _to_list(labels))


@message("staff/invitation_text")
@dataclass(frozen=True)
class InvitationText(Message):
    """What the new colleague reads beside the link."""

    business: str


@message("staff/may_not")
@dataclass(frozen=True)
class MayNot(Message):
    """Managers invite and dismiss staff only; nobody dismisses themselves."""

    oneself: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_to_list(labels))


@message("staff/joined")
@dataclass(frozen=True)
class Joined(Message):
    """Welcome: what the new colleague reads first; the guide follows."""

    name: str
    business: str
    role: StaffRole
    branch: str | None


@message("staff/colleague_joined")
@dataclass(frozen=True)
class ColleagueJoined(Message):
    """Whoever invited is told that it worked."""

    name: str
    role: StaffRole
    branch: str | None


@message("staff/works_already")
@dataclass(frozen=True)
class WorksAlready(Message):
    """Whoever works here already needs no invitation; it is not used up."""

    role: StaffRole
    branch: str | None
    is_kept: bool  # the link still works, for somebody else

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("staff/invitation_invalid")
@dataclass(frozen=True)
class InvitationInvalid(Message):
    """Used, too old, or taken back."""


@message("staff/leaving")
@dataclass(frozen=True)
class Leaving(Message):
    """Told to who was dismissed."""

    business: str


def _to_list(labels: Labels) -> Button:
    return Button(labels("staff.list"), ShowStaff(1))
