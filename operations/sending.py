"""May this letter still be sent? Asked as it is sent: consent is withdrawn in mid-broadcast too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.programme import Programme
from operations.transaction import Tx
from storage import reachability
from storage.clients import ClientStatus
from storage.outbox import Lane, Letter

CAP_WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Send:
    """Yes."""


@dataclass(frozen=True)
class Later:
    """Not before that moment of business time."""

    until: datetime


@dataclass(frozen=True)
class Skip:
    """No, and why, by name: each is counted."""

    reason: str


async def may_send(tx: Tx, letter: Letter, *, doubtful: bool = False) -> Send | Later | Skip:
    """Replies always; notices unless the client is gone; adverts by consent, hours and cap.

    `doubtful`: the chat has refused us lately, so a reply too goes only where somebody has written
    to us since.
    """
    is_reply = letter.lane in (Lane.CALLBACK, Lane.REPLY)
    if is_reply and not doubtful:
        return Send()
    standing = await reachability.of(
        tx.db, letter.chat_id, letter.client_id, adverts_since=tx.now - CAP_WINDOW
    )
    if standing.unreachable:
        return Skip("unreachable")
    if is_reply:
        return Send()
    if letter.client_id is not None and standing.status is not ClientStatus.ACTIVE:
        return Skip("no-longer-a-client")
    if letter.lane is Lane.ADVERT:
        if not standing.advert_consent:
            return Skip("no-advert-consent")
        if standing.adverts_sent >= tx.programme.adverts.weekly_cap:
            return Skip("weekly-cap")
    if letter.lane is Lane.ADVERT or letter.keeps_quiet:
        return _by_the_clock(tx.programme, tx.now)
    return Send()


def _by_the_clock(programme: Programme, now: datetime) -> Send | Later:
    allowed = programme.adverts.quiet_hours.next_allowed(now, programme.business.timezone)
    return Send() if allowed <= now else Later(allowed)
