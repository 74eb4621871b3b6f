"""Points that are spoken for: on a question that the client has not answered yet, or disputed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from operations.transaction import Tx
from storage import disputes, redemptions
from storage.clients import Client
from storage.redemptions import Redemption
from templates.spoken_for import FROZEN_SHOWN_MAX, FrozenShown, Reserved


async def held_points(tx: Tx, client_ids: Sequence[int]) -> Mapping[int, int]:
    """By client, the points on open holds and what disputes freeze; who has none is left out.

    In as many statements for a thousand clients as for one: the round of expiry asks it of whole
    pages, and leaves what is held.
    """
    held = await redemptions.held_points_of(tx.db, client_ids, tx.now)
    frozen = await disputes.frozen_points_of(tx.db, client_ids)
    return {
        client_id: held.get(client_id, 0) + frozen.get(client_id, 0)
        for client_id in held.keys() | frozen.keys()
    }


@dataclass(frozen=True)
class FrozenBy:
    """The points that a case freezes."""

    case_id: int
    points: int


@dataclass(frozen=True)
class SpokenFor:
    """Why a client cannot spend the whole balance."""

    held: int  # on a question that waits for the client
    frozen_by: tuple[FrozenBy, ...]  # the oldest case first

    @property
    def frozen(self) -> int:
        return sum(case.points for case in self.frozen_by)


NOTHING_SPOKEN_FOR = SpokenFor(0, ())


async def spoken_for(tx: Tx, client: Client, *, besides: Redemption | None = None) -> SpokenFor:
    """What of the client's balance is spoken for, and by what; never more than there is.

    `besides` is a hold that is about to be spent or replaced: it does not count.
    """
    left = max(client.balance, 0)
    by_case: dict[int, int] = {}
    for found in await disputes.open_of(tx.db, client.id):
        points = min(found.points, left)
        left -= points
        if points:
            case_id = found.dispute.case_id
            by_case[case_id] = by_case.get(case_id, 0) + points
    current = await redemptions.open_of(tx.db, client.id)
    is_other = current is not None and (besides is None or current.id != besides.id)
    held = current.points if current is not None and is_other and current.holds_at(tx.now) else 0
    frozen_by = tuple(FrozenBy(case_id, points) for case_id, points in by_case.items())
    return SpokenFor(min(held, left), frozen_by)


def reserved(client: Client, found: SpokenFor) -> Reserved | None:
    """The same as people read it; None where nothing is spoken for."""
    if not found.held and not found.frozen:
        return None
    return Reserved(
        available=max(client.balance - found.held - found.frozen, 0),
        held=found.held,
        frozen=found.frozen,
        frozen_by=tuple(
            FrozenShown(case.case_id, case.points) for case in found.frozen_by[:FROZEN_SHOWN_MAX]
        ),
    )
