"""What operations at the desk return, as the messages that staff see."""

from typing import assert_never

from handlers.replies import Replies, Say
from loyalty.programme import Level, Programme
from operations.desk import DeskView, called, visit_service
from operations.senders import Sender
from operations.transaction import Tx
from operations.undo import is_undoable
from operations.visit_previews import (
    PREVIEW_LIVES,
    ClientGone,
    Preview,
    PreviewUnknown,
    SelfService,
)
from operations.visits import Anew, Booked, Outcome, PreviewLapsed, PreviewRefused, ShownAnew
from templates import desk, previews
from templates.messages import Message


def preview_screen(
    preview: Preview, programme: Programme, language: str, *, terms_changed: bool = False
) -> previews.VisitPreview:
    """The preview with its ✅."""
    terms, twin = preview.terms, preview.twin
    return previews.VisitPreview(
        preview_id=preview.id,
        client_name=called(preview.client),
        tier=tier_name(programme, preview.level, language),
        perks=preview.level.perks[: previews.PERKS_MAX],
        service=preview.service.name(programme, language),
        branch=preview.branch,
        branches=preview.branches[: previews.BRANCHES_MAX],
        may_change_branch=preview.may_change_branch,
        bill=terms.bill,
        discount=terms.discount,
        discount_percent=terms.discount_percent,
        to_pay=terms.to_pay,
        points=terms.points_earned,
        percent=terms.percent,
        is_excluded=terms.excluded,
        twin=None if twin is None else previews.TwinShown(twin.visit_id, twin.at, twin.staff_name),
        terms_changed=terms_changed,
    )


def previewed(
    outcome: Preview | SelfService | ClientGone | PreviewUnknown, tx: Tx, sender: Sender
) -> Message:
    """What a request for a preview came to."""
    match outcome:
        case Preview():
            return preview_screen(outcome, tx.programme, sender.language)
        case SelfService():
            return desk.SelfService()
        case ClientGone() | PreviewUnknown():
            return previews.PreviewGone()
        case _:
            assert_never(outcome)


def settled(outcome: Outcome, tx: Tx, sender: Sender, say: Say) -> Replies:
    """What a tap on ✅ or ❌ came to, in place of the preview."""
    match outcome:
        case Booked():
            screen = say.edit(booked_screen(outcome, tx, sender))
            if not outcome.repeated:
                return screen
            visit_id = outcome.visit.id
            if outcome.is_mine:
                return [screen, say.toast(previews.BookedAlready(visit_id))]
            told = previews.BookedBy(visit_id, outcome.staff_name)
            return [screen, say.toast(told, alert=True)]
        case ShownAnew():
            shown = preview_screen(
                outcome.preview,
                tx.programme,
                sender.language,
                terms_changed=outcome.reason is Anew.TERMS,
            )
            return [say.edit(shown), say.toast(previews.TermsChanged())]
        case PreviewLapsed():
            lived = PREVIEW_LIVES.seconds // 60
            return say.edit(previews.PreviewLapsed(outcome.preview_id, lived))
        case PreviewRefused():
            return say.edit(previews.PreviewRefused())
        case PreviewUnknown() | ClientGone():
            return say.edit(previews.PreviewGone())
        case SelfService():
            return say.edit(desk.SelfService())
        case _:
            assert_never(outcome)


def booked_screen(booked: Booked, tx: Tx, sender: Sender) -> previews.VisitBooked:
    """A visit that stands, or stood."""
    visit = booked.visit
    return previews.VisitBooked(
        visit_id=visit.id,
        client_name=called(booked.client),
        tier=tier_name(tx.programme, booked.level, sender.language),
        service=visit_service(visit, tx.programme, sender.language),
        branch=visit.branch,
        bill=visit.bill,
        discount=visit.discount,
        to_pay=visit.to_pay,
        points=visit.points_earned,
        balance=booked.balance,
        staff_name=booked.staff_name,
        is_mine=booked.is_mine,
        is_undone=visit.is_undone,
        at=visit.at,
        undo_minutes=tx.programme.desk.undo_minutes,
        can_be_undone=booked.is_mine and is_undoable(tx, visit),
    )


def client_screen(view: DeskView, programme: Programme, language: str) -> desk.ClientView:
    """A client as the desk sees them."""
    client = view.client
    recent = tuple(
        desk.VisitShown(
            visit_id=visit.id,
            at=visit.at,
            service=visit_service(visit, programme, language),
            bill=visit.bill,
            is_undone=visit.is_undone,
        )
        for visit in view.recent[: desk.RECENT_MAX]
    )
    return desk.ClientView(
        client_id=client.id,
        client_name=called(client),
        tier=tier_name(programme, view.level, language),
        perks=view.level.perks[: previews.PERKS_MAX],
        phone=view.phone,
        card_number=client.card_number,
        balance=client.balance,
        visits=client.visits,
        since=client.registered_on,
        recent=recent,
        open_cases=view.open_cases,
        may_serve=not view.is_oneself,
        may_merge=view.may_merge,
    )


def tier_name(programme: Programme, level: Level, language: str) -> str | None:
    """The level's name; None where the programme has no levels to speak of."""
    return level.name.of(language) if programme.tiers.stated else None
