"""The client's screens, which buttons under other messages lead to."""

from dataclasses import dataclass
from enum import StrEnum

from templates.callbacks import Callback, callback


class Screen(StrEnum):
    """A screen that a button opens as a new message."""

    CARD = "card"
    BALANCE = "balance"
    HISTORY = "history"
    REWARDS = "rewards"
    TIER = "tier"
    BADGES = "badges"
    INVITE = "invite"
    OFFERS = "offers"
    PROFILE = "profile"
    HELP = "help"
    RULES = "rules"


@callback("open")
@dataclass(frozen=True)
class Open(Callback):
    """Shows a screen."""

    screen: Screen
