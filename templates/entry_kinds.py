"""What points came or went for, as clients read it."""

from enum import StrEnum


class HistoryKind(StrEnum):
    """What a line of the history is about: a visit, or the kind of a ledger entry."""

    VISIT = "visit"
    WELCOME = "welcome"
    REFERRAL = "referral"
    BIRTHDAY = "birthday"
    WIN_BACK = "win_back"
    ACTION = "action"
    PRIZE = "prize"
    APOLOGY = "apology"
    REDEMPTION = "redemption"
    REWARD = "reward"
    UNDO = "undo"
    RETURN = "return"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    IMPORT = "import"
    ERASURE = "erasure"
    OTHER = "other"
