"""What operations at the desk return, as the messages that staff see."""

from typing import assert_never

from handlers.desk_waiting import waited_screen
from handlers.replies import Replies, Say
from loyalty.programme import Programme
from operations.approvals import Awaited, NobodyApproves
from operations.desk import DeskView, called, visit_service
from operations.desk_notices import booked_notice, promotion_name, stamps_name, tier_name
from operations.held_points import reserved
from operations.holds import Held, HeldByColleague, NotReachable
from operations.returnable import may_return
from operations.senders import Sender
from operations.transaction import Tx
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
        points_spent=terms.points_spent,
        paid_with_points=terms.points_paid_minor,
        to_pay=terms.to_pay,
        points=terms.points_earned,
        percent=terms.percent,
        is_excluded=terms.excluded,
        twin=None if twin is None else previews.TwinShown(twin.visit_id, twin.at, twin.staff_name),
        terms_changed=terms_changed,
        promotion=promotion_name(programme, terms.promotion, language),
        promotion_points=terms.promotion_points,
        free_by=stamps_name(programme, terms.stamp, language),
        keeps_free_visit=preview.keeps_free_visit,
        skips_free=stamps_name(programme, preview.skips_free, language),
        active_on=preview.active_on,
        points_max=preview.points_max,
        approve_above=programme.desk.approve_above if preview.needs_approval else None,
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


def settled(outcome: Outcome, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    """What a tap on ✅ or ❌ came to, in place of the preview."""
    screen = say.edit(outcome_screen(outcome, tx, sender, bot_username))
    match outcome:
        case Booked(repeated=True, is_mine=True):
            return [screen, say.toast(previews.BookedAlready(outcome.visit.id))]
        case Booked(repeated=True):
            told = previews.BookedBy(outcome.visit.id, outcome.staff_name)
            return [screen, say.toast(told, alert=True)]
        case ShownAnew():
            return [screen, say.toast(previews.TermsChanged())]
        case _:
            return screen


def outcome_screen(outcome: Outcome, tx: Tx, sender: Sender, bot_username: str) -> Message:
    """What a visit to be confirmed came to."""
    match outcome:
        case Booked():
            return booked_notice(tx, outcome, sender.language)
        case ShownAnew():
            return preview_screen(
                outcome.preview,
                tx.programme,
                sender.language,
                terms_changed=outcome.reason is Anew.TERMS,
            )
        case PreviewLapsed():
            return previews.PreviewLapsed(outcome.preview_id, PREVIEW_LIVES.seconds // 60)
        case PreviewRefused():
            return previews.PreviewRefused()
        case PreviewUnknown() | ClientGone():
            return previews.PreviewGone()
        case SelfService():
            return desk.SelfService()
        case Held() | Awaited() | NotReachable() | HeldByColleague() | NobodyApproves():
            return waited_screen(outcome, tx, sender, bot_username)
        case _:
            assert_never(outcome)


def client_screen(view: DeskView, tx: Tx, sender: Sender) -> desk.ClientView:
    """A client as the desk sees them."""
    client = view.client
    recent = tuple(
        desk.VisitShown(
            visit_id=visit.id,
            at=visit.at,
            service=visit_service(visit, tx.programme, sender.language),
            bill=visit.bill_at_first,
            is_undone=not visit.counts,
            returned=visit.returned,
            returnable=visit.bill if may_return(tx, visit, sender) else 0,
        )
        for visit in view.recent[: desk.RECENT_MAX]
    )
    return desk.ClientView(
        client_id=client.id,
        client_name=called(client),
        tier=tier_name(tx.programme, view.level, sender.language),
        perks=view.level.perks[: previews.PERKS_MAX],
        phone=view.phone,
        card_number=client.card_number,
        balance=client.balance,
        visits=client.visits,
        since=client.registered_on,
        recent=recent,
        open_cases=view.open_cases,
        may_serve=not view.is_oneself,
        stamps=tuple(
            desk.StampsShown(card.stamp.name.of(sender.language), card.have, card.stamp.every)
            for card in view.stamps[: desk.STAMPS_SHOWN_MAX]
        ),
        waiting=tuple(claim.name.of(sender.language) for claim in view.waiting[: desk.WAITING_MAX]),
        tier_until=client.tier_until,
        invitations=tuple(
            desk.InvitedLevelShown(level.code, level.name.of(sender.language), level == view.level)
            for level in view.invitations[: desk.INVITED_LEVELS_MAX]
        ),
        may_redeem=view.may_redeem and not view.is_oneself,
        may_merge=view.may_merge,
        reserved=reserved(client, view.spoken_for),
    )
