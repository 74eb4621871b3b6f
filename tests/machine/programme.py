"""The programme that the machine plays: the sample's, with few of everything and limits near."""

from dataclasses import replace
from datetime import date

from loyalty.programme import Challenge, Programme, Reward, Score
from loyalty.programme.offers import Partner, Stamp
from loyalty.programme.text import Text

FREE_EVERY = 3
APPROVE_ABOVE = 2_500_000  # minor units; most bills are below
VIP = "vip"
# By partner, the codes that are there from the first day on.
CODES = {"kino": ("K-1", "K-2"), "spa": ("S-1",)}

_MUG = Reward("mug", Text({"ru": "Кружка", "en": "Mug"}), cost=60, stock=2)
_BOOK = Reward("book", Text({"ru": "Книга", "en": "Book"}), cost=150)
_NAME = Text({"ru": "Сосед", "en": "Neighbour"})
_KINO = Partner("kino", _NAME, _NAME, codes="kino.txt")
_SPA = Partner("spa", _NAME, _NAME, tiers=("gold", "platinum", VIP), codes="spa.txt")
_SPRINT = Challenge(
    "sprint", _NAME, date(2027, 2, 1), date(2027, 2, 2), Score.VISITS, prizes=(90, 40)
)
_BASKET = Challenge(
    "basket", _NAME, date(2027, 2, 1), date(2027, 2, 6), Score.SPEND, prizes=(90, 40, 10)
)


def machine_programme(programme: Programme, *, pending_days: int, lifetime_days: int) -> Programme:
    """Of the sample, and such that limits are met soon."""
    assert programme.referral is not None
    return replace(
        programme,
        points=replace(programme.points, pending_days=pending_days, lifetime_days=lifetime_days),
        rewards=(_MUG, _BOOK),
        stamps=(Stamp("third", _MUG.name, "filter", FREE_EVERY),),
        referral=replace(programme.referral, monthly_cap=1),
        desk=replace(programme.desk, approve_above=APPROVE_ABOVE),
        challenges=(_SPRINT, _BASKET),
        partners=(_KINO, _SPA),
    )
