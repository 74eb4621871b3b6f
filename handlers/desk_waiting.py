"""What staff see while a second person has to agree, and where nobody can."""

from typing import assert_never

from operations.approvals import Awaited, NobodyApproves, awaited_notice
from operations.branches import works_in_several
from operations.desk import called
from operations.holds import Held, HeldByColleague, NotReachable, waiting_notice
from operations.senders import Sender
from operations.transaction import Tx
from operations.visits import Waited
from templates import approvals, redemptions
from templates.messages import Message


def bot_link(bot_username: str) -> str:
    """Where somebody registers with the bot, or comes back to it."""
    return f"https://t.me/{bot_username}"


def waited_screen(outcome: Waited, tx: Tx, sender: Sender, bot_username: str) -> Message:
    """Whom we wait for, or why there is nobody to wait for."""
    language = sender.language
    match outcome:
        case Held():
            several = works_in_several(tx, sender)
            return waiting_notice(tx, outcome, language, may_change_branch=several)
        case Awaited():
            return awaited_notice(tx, outcome, language)
        case NotReachable():
            return not_reachable_screen(outcome, bot_username)
        case HeldByColleague():
            return redemptions.HeldByColleague(
                client_name=called(outcome.client),
                staff_name=outcome.staff_name,
                points=outcome.points,
                until=outcome.until,
            )
        case NobodyApproves():
            return approvals.NobodyApproves()
        case _:
            assert_never(outcome)


def not_reachable_screen(outcome: NotReachable, bot_username: str) -> redemptions.NotReachable:
    """There is no phone to confirm on."""
    client = outcome.client
    return redemptions.NotReachable(
        client_id=client.id,
        client_name=called(client),
        has_account=client.telegram_id is not None,
        link=bot_link(bot_username),
    )
