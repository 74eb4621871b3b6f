"""/staff: who works here, invitations and dismissal; and joining by a link."""

from typing import assert_never

from aiogram import Bot, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from handlers.commands import role_commands
from handlers.guide import guide_for
from handlers.links import Guesses, Opens
from handlers.replies import Replies, Reply, Say, call_letter
from handlers.roles import Has
from handlers.taps import Tapped
from operations.deep_links import Invitation, deep_link, sharing_link
from operations.outgoing import queue
from operations.senders import Role, Sender
from operations.staff import (
    BranchUnknown,
    Dismissed,
    InvitationInvalid,
    Invited,
    Joined,
    MayNot,
    Member,
    MemberUnknown,
    MemberView,
    Team,
    WorksAlready,
    accept_invitation,
    branches_of,
    dismiss_member,
    invite_staff,
    show_member,
    show_team,
    withdraw_invitation,
)
from operations.transaction import Tx
from templates import staff
from templates.labels import spellings
from templates.messages import Message as Words
from templates.staff import (
    EVERYWHERE,
    DismissMember,
    InviteStaff,
    OpenDismissal,
    ShowMember,
    ShowStaff,
    StaffRole,
    WithdrawInvitation,
)

# Whoever is not on the team yet opens the link: this router asks for no role.
joining = Router(name="joining the team")

router = Router(name="staff")
router.message.filter(Has(Role.MANAGER))
router.callback_query.filter(Has(Role.MANAGER))


@joining.message(Opens(Invitation))
async def join(
    message: Message, link: Invitation, tx: Tx, sender: Sender, say: Say, guesses: Guesses
) -> Replies:
    match await accept_invitation(tx, actor=sender, code=link.code):
        case Joined(member=member):
            offered = role_commands(tx.programme, sender.telegram_id, member.role)
            return [*_welcome(member, tx, say), *offered]
        case WorksAlready() as already:
            role = StaffRole(already.role.code)
            return say(staff.WorksAlready(role, already.branch, already.is_kept))
        case InvitationInvalid(is_known=True):
            return say(staff.InvitationInvalid())
        case InvitationInvalid():
            # Nobody learns by guessing that there are such links: it is a plain /start.
            if sender.role is None:
                guesses.missed(sender.telegram_id)
            raise SkipHandler


def _welcome(member: Member, tx: Tx, say: Say) -> list[Reply]:
    welcome = staff.Joined(
        name=member.name,
        business=tx.programme.business.name,
        role=StaffRole(member.role.code),
        branch=member.branch,
    )
    return [say(welcome), say(guide_for(member.role, tx.programme))]


@router.message(Command("staff"))
async def staff_command(
    message: Message, command: CommandObject, tx: Tx, sender: Sender, say: Say, bot_username: str
) -> Replies:
    action, _, rest = (command.args or "").strip().partition(" ")
    if action.casefold() not in _INVITE_WORDS:
        return say(_team_screen(await show_team(tx, actor=sender, page=1)))
    typed, _, branch = rest.strip().partition(" ")
    role = _ROLE_WORDS.get(typed.casefold())
    if role is None:
        return say(_choose_role(sender))
    typed = branch.strip(" \"'«»“”")
    everywhere = typed.casefold() in _EVERYWHERE_WORDS
    return say(await _invite(role, typed, tx, sender, say, bot_username, everywhere=everywhere))


@router.callback_query(Tapped(ShowStaff))
async def turn(
    callback: CallbackQuery, tap: ShowStaff, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return say.edit(_team_screen(await show_team(tx, actor=sender, page=tap.page)))


@router.callback_query(Tapped(ShowMember))
async def member(
    callback: CallbackQuery, tap: ShowMember, tx: Tx, sender: Sender, say: Say
) -> Replies:
    view = await show_member(tx, actor=sender, member_id=tap.member_id)
    if isinstance(view, MemberUnknown):
        return say.edit(_team_screen(await show_team(tx, actor=sender, page=1)))
    return say.edit(_member_screen(view))


@router.callback_query(Tapped(OpenDismissal))
async def ask_dismissal(
    callback: CallbackQuery, tap: OpenDismissal, tx: Tx, sender: Sender, say: Say
) -> Replies:
    view = await show_member(tx, actor=sender, member_id=tap.member_id)
    if isinstance(view, MemberUnknown):
        return say.edit(_team_screen(await show_team(tx, actor=sender, page=1)))
    if not view.may_dismiss:
        return say.edit(staff.MayNot(oneself=view.member.telegram_id == sender.telegram_id))
    return say.edit(staff.AskDismissal(view.member.id, view.member.name))


@router.callback_query(Tapped(DismissMember))
async def dismiss(
    callback: CallbackQuery, tap: DismissMember, tx: Tx, sender: Sender, say: Say, bot: Bot
) -> Replies:
    match await dismiss_member(tx, actor=sender, member_id=tap.member_id):
        case Dismissed(member=gone) as dismissed:
            screen = staff.Dismissed(gone.name, dismissed.invitations_withdrawn, dismissed.repeated)
            # Letters to the other chat: what Telegram says to them is about that chat.
            calls = role_commands(tx.programme, gone.telegram_id, None)
            await queue(tx, [call_letter(bot, call, chat_id=gone.telegram_id) for call in calls])
            return say.edit(screen)
        case MayNot(oneself=oneself):
            return say.edit(staff.MayNot(oneself))
        case MemberUnknown():
            return say.edit(_team_screen(await show_team(tx, actor=sender, page=1)))


@router.callback_query(Tapped(InviteStaff))
async def invite(
    callback: CallbackQuery, tap: InviteStaff, tx: Tx, sender: Sender, say: Say, bot_username: str
) -> Replies:
    if tap.role is None:
        return say.edit(_choose_role(sender))
    branches = branches_of(tx.programme)
    chosen = tap.branch is not None and 0 <= tap.branch < len(branches)
    branch = branches[tap.branch or 0] if chosen else None
    role, everywhere = Role.of(tap.role.value), tap.branch == EVERYWHERE
    invited = await _invite(role, branch, tx, sender, say, bot_username, everywhere=everywhere)
    return say.edit(invited)


@router.callback_query(Tapped(WithdrawInvitation))
async def withdraw(
    callback: CallbackQuery, tap: WithdrawInvitation, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await withdraw_invitation(tx, actor=sender, invitation_id=tap.invitation_id)
    if isinstance(outcome, MayNot):
        return say.edit(staff.MayNot(outcome.oneself))
    return say.edit(_team_screen(await show_team(tx, actor=sender, page=1)))


async def _invite(
    role: Role,
    branch: str | None,
    tx: Tx,
    sender: Sender,
    say: Say,
    bot_username: str,
    *,
    everywhere: bool,
) -> Words:
    outcome = await invite_staff(tx, actor=sender, role=role, branch=branch, everywhere=everywhere)
    match outcome:
        case Invited():
            link = deep_link(bot_username, Invitation(outcome.code))
            shown = StaffRole(outcome.role.code)
            beside = staff.InvitationText(tx.programme.business.name)
            text = say.renderer.render(beside, sender.language).plain
            share = sharing_link(link, text)
            return staff.Invitation(shown, outcome.branch, link, outcome.expires_at, share)
        case BranchUnknown():
            return staff.ChooseBranch(StaffRole(role.code), outcome.branches, outcome.is_said)
        case MayNot():
            return staff.MayNot(outcome.oneself)
        case _:
            assert_never(outcome)


def _choose_role(sender: Sender) -> Words:
    highest = StaffRole if sender.may_act_as(Role.OWNER) else (StaffRole.STAFF,)
    return staff.ChooseRole(tuple(highest))


def _team_screen(team: Team) -> staff.Team:
    return staff.Team(
        members=tuple(
            staff.MemberShown(found.id, found.name, StaffRole(found.role.code), found.branch)
            for found in team.members
        ),
        count=team.count,
        page=team.page,
        pages=team.pages,
        invitations=tuple(
            staff.InvitationShown(
                found.id, StaffRole(found.role.code), found.branch, found.expires_at
            )
            for found in team.invitations
        ),
    )


def _member_screen(view: MemberView) -> staff.Member:
    found = view.member
    return staff.Member(
        member_id=found.id,
        name=found.name,
        role=StaffRole(found.role.code),
        branch=found.branch,
        joined_at=found.joined_at,
        invited_by=view.invited_by,
        may_dismiss=view.may_dismiss,
    )


def _folded(key: str) -> frozenset[str]:
    return frozenset(spelling.casefold() for spelling in spellings(key))


_EVERYWHERE_WORDS = _folded("staff_words.everywhere")
_INVITE_WORDS = _folded("staff_words.invite")
_ROLE_WORDS = {
    word: role
    for role, words in (
        (Role.STAFF, _folded("staff_words.staff") | _folded("staff_words.whom")),
        (Role.MANAGER, _folded("staff_words.manager") | _folded("staff_words.whom_manager")),
        (Role.OWNER, _folded("staff_words.owner") | _folded("staff_words.whom_owner")),
    )
    for word in words
}
