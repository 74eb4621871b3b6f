"""The friend and who brought them as they are by now, locked; and what a visit made due to both."""

from dataclasses import dataclass

from loyalty.referrals import ReferralState
from operations.desk import living_client
from operations.transaction import Tx
from storage import clients
from storage.clients import Client, ClientStatus
from storage.referrals import Referral

MERGES_FOLLOWED_MAX = 8


@dataclass(frozen=True)
class ReferralOutcome:
    """What a friend's visit made due; all of it 0 and None where nothing was."""

    state: ReferralState | None = None
    friend_points: int = 0
    referrer_points: int = 0
    referrer_id: int | None = None


NOTHING_DUE = ReferralOutcome()


async def locked_friend(tx: Tx, referral: Referral) -> Client | None:
    """Whose points they are by now: the record that the friend's was merged into, if it was."""
    living = await living_client(tx, referral.friend_id)
    return None if living is None else await clients.lock(tx.db, living.id)


async def locked_referrer(tx: Tx, referral: Referral) -> Client | None:
    """Who is rewarded: the record that the referrer's was merged into, if it was; None: erased."""
    client_id: int | None = referral.referrer_id
    for _ in range(MERGES_FOLLOWED_MAX):
        client = None if client_id is None else await clients.lock(tx.db, client_id)
        if client is None or client.status is ClientStatus.ERASED:
            return None
        if client.status is ClientStatus.ACTIVE:
            return None if client.id == referral.friend_id else client
        client_id = client.merged_into_id
    return None
