"""What people were promised before a setting changed: they get that or today's, the better one.

What is written on a row (a lot's last day, a hold's end, a window of returns) stands by itself.
Here is what is settled later than it was promised: the programme knows what it was at any moment
(`Programme.as_of`), so nothing of it has to be copied to each row.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from fractions import Fraction

from loyalty.calendar import instant_of
from loyalty.programme import Level, Programme, ReferralRules
from operations.transaction import Tx
from storage import consents
from storage.clients import Client
from storage.referrals import Referral
from storage.visits import Visit

NEVER_EXPIRE = 0


def referral_terms(tx: Tx, referral: Referral) -> ReferralRules | None:
    """What the friend and who brought them were told as the friend came, or better by now."""
    now, then = tx.programme.referral, tx.programme.as_of(referral.registered_at).referral
    if now is None or then is None:
        return now
    return ReferralRules(
        referrer_points=max(now.referrer_points, then.referrer_points),
        friend_points=max(now.friend_points, then.friend_points),
        qualifying_bill=min(now.qualifying_bill, then.qualifying_bill),
        monthly_cap=max(now.monthly_cap, then.monthly_cap),
    )


def lifetime_days(tx: Tx, since: datetime) -> int:
    """How long points live that were earned then and are put on the card now; 0: for ever."""
    either = (
        tx.programme.as_of(since).points.lifetime_days,
        tx.programme.points.lifetime_days,
    )
    return NEVER_EXPIRE if NEVER_EXPIRE in either else max(either)


def review_points(tx: Tx, visit: Visit) -> int:
    """For words about this visit: the client may have been asked for them a while ago."""
    return max(tx.programme.as_of(visit.at).actions.review, tx.programme.actions.review)


def welcome_points(tx: Tx, agreed_at: datetime) -> int:
    """For who registers now, and read what they get as they agreed to be a client."""
    return max(tx.programme.as_of(agreed_at).points.welcome, tx.programme.points.welcome)


def invited_terms(tx: Tx, client: Client, level: Level) -> Level:
    """A level by invitation as this client has it: the invitation said what it gives."""
    # The day is known, not the hour: what held at its beginning or at its end was promised.
    zone = tx.programme.business.timezone
    begin = instant_of(client.tier_since, time(0), zone)
    end = instant_of(client.tier_since + timedelta(days=1), time(0), zone)
    for moment in (begin, min(end, tx.now)):
        then = tx.programme.as_of(moment)
        promised = then.tiers.level(level.code)
        if promised is not None:
            level = _better(level, promised, then, tx.programme)
    return level


def _better(now: Level, then: Level, programme_then: Programme, programme: Programme) -> Level:
    cashback = max(_cashback(programme_then, then), _cashback(programme, now))
    discount = max(then.discount_percent, now.discount_percent)
    if cashback + discount > 100:  # each is the better one, together they would be a gift
        return then
    if cashback == _cashback(programme, now) and discount == now.discount_percent:
        return now
    return replace(now, cashback_percent=cashback, discount_percent=discount)


def _cashback(programme: Programme, level: Level) -> Fraction:
    own = level.cashback_percent
    return programme.earning.cashback_percent if own is None else own


async def weekly_caps(tx: Tx, client_ids: Sequence[int]) -> dict[int, int]:
    """How many adverts a week each of these bears: never more than their consent speaks of."""
    cap = tx.programme.adverts.weekly_cap
    caps = dict.fromkeys(client_ids, cap)
    if not client_ids or tx.programme.earlier is None:
        return caps
    for client_id, agreed_at in (await consents.advert_agreed_at(tx.db, client_ids)).items():
        caps[client_id] = min(cap, tx.programme.as_of(agreed_at).adverts.weekly_cap)
    return caps
