"""When somebody who stopped coming is invited back (rule 15), and who never is."""

import hashlib
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median

from loyalty.programme.model import WinBackRules

INTERVAL_MIN_DAYS = 14
VISIT_DAYS_FOR_INTERVAL = 3  # fewer say nothing about somebody's habit


def win_back_due(
    rules: WinBackRules | None,
    visit_days: Sequence[date],
    registered_on: date,
    last_sent_on: date | None,
    today: date,
) -> bool:
    """Whether this client's silence has lasted long enough, and the last invitation is long ago.

    Consent, the weekly cap and the holdout are asked separately. Days are the business's.
    """
    if rules is None:
        return False
    if last_sent_on is not None and (today - last_sent_on).days < rules.repeat_after_days:
        return False
    last_seen = max(visit_days, default=registered_on)
    return (today - last_seen).days >= silence_days(rules, visit_days)


def silence_days(rules: WinBackRules, visit_days: Sequence[date]) -> Fraction:
    """How many days without a visit are too many for somebody with these visits."""
    days = sorted(set(visit_days))
    if len(days) < VISIT_DAYS_FOR_INTERVAL:
        return Fraction(rules.after_days)
    intervals = [
        Fraction(max((later - earlier).days, INTERVAL_MIN_DAYS))
        for earlier, later in pairwise(days)
    ]
    return rules.interval_factor * median(intervals)


def in_holdout(client_id: int, percent: Fraction, salt: str) -> bool:
    """Whether the client belongs to the share that is sent nothing; the same answer for ever.

    The salt names the campaign, so that it is not always the same people who go without. Of a
    larger percent, those of a smaller one are a part.
    """
    digest = hashlib.sha256(f"{salt}:{client_id}".encode()).digest()
    return Fraction(int.from_bytes(digest[:8], "big"), 2**64) * 100 < percent
