"""May this letter still be sent? Asked as it is sent: consent is withdrawn in mid-broadcast too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.programme import Programme
from operations.promises import weekly_caps
from operations.transaction import Tx
from storage import reachability
from storage.clients import ClientStatus
from storage.outbox import Lane, Letter
from storage.reachability import Reachability

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


Decision = Send | Later | Skip


@dataclass(frozen=True)
class Asked:
    """A letter whose turn it is; `doubtful`: its chat has refused us lately."""

    letter: Letter
    doubtful: bool = False

    @property
    def is_granted(self) -> bool:
        """A reply goes out unasked, unless it is doubtful whether anybody is there."""
        return self.letter.lane in (Lane.CALLBACK, Lane.REPLY) and not self.doubtful


async def may_send(tx: Tx, asked: Sequence[Asked]) -> list[Decision]:
    """Replies always; notices unless the client is gone; adverts by consent, hours and cap.

    To a chat that has refused us a reply too goes only where somebody has written to us since.
    """
    standings = await reachability.of_each(
        tx.db,
        [(question.letter.chat_id, question.letter.client_id) for question in asked],
        adverts_since=tx.now - CAP_WINDOW,
    )
    caps = await weekly_caps(
        tx,
        [
            question.letter.client_id
            for question in asked
            if question.letter.lane is Lane.ADVERT and question.letter.client_id is not None
        ],
    )
    return [
        _decision(tx, question, standing, caps.get(question.letter.client_id or 0))
        for question, standing in zip(asked, standings, strict=True)
    ]


def _decision(tx: Tx, asked: Asked, standing: Reachability, cap: int | None) -> Decision:
    letter = asked.letter
    if asked.is_granted:
        return Send()
    if standing.unreachable:
        return Skip("unreachable")
    if letter.lane in (Lane.CALLBACK, Lane.REPLY):
        return Send()
    if letter.client_id is not None and standing.status is not ClientStatus.ACTIVE:
        return Skip("no-longer-a-client")
    if letter.lane is Lane.ADVERT:
        if not standing.advert_consent:
            return Skip("no-advert-consent")
        if standing.adverts_sent >= (tx.programme.adverts.weekly_cap if cap is None else cap):
            return Skip("weekly-cap")
    if letter.lane is Lane.ADVERT or letter.keeps_quiet:
        return _by_the_clock(tx.programme, tx.now)
    return Send()


def _by_the_clock(programme: Programme, now: datetime) -> Send | Later:
    allowed = programme.adverts.quiet_hours.next_allowed(now, programme.business.timezone)
    return Send() if allowed <= now else Later(allowed)
