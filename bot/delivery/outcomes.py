"""What Telegram's answer means for a letter."""

from dataclasses import dataclass
from datetime import datetime

from bot.telegram import TelegramRefused

UNREACHABLE_CODE = 403
TOKEN_REVOKED_CODE = 401
BAD_REQUEST_CODE = 400
_ALREADY_SO = "message is not modified"
_TOO_LATE = ("query is too old", "query id is invalid")
_UNREADABLE_MARKUP = "can't parse entities"
_UNEDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "no text in the message",
)
_BAD_DAYS = ("unanswered", "server-error")
_NOBODY = ("chat not found", "user not found", "peer_id_invalid")


@dataclass(frozen=True)
class Verdict:
    """The end of a letter: its status and, by name, the reason."""

    status: str  # sent | failed | skipped
    reason: str | None = None
    unreachable: bool = False  # the person cannot be written to until they write

    @property
    def is_our_fault(self) -> bool:
        """The message could never have been sent: a mistake of ours, not Telegram's bad day."""
        return self.status == "failed" and self.reason not in _BAD_DAYS


@dataclass(frozen=True)
class Done:
    """It need not be tried again."""

    verdict: Verdict
    message_id: int | None = None
    is_untried: bool = False  # Telegram was not asked


@dataclass(frozen=True)
class Again:
    """Nothing has come of it yet; its chat is left alone for so long."""

    pause_s: float
    attempts: int  # that Telegram may have taken
    down: str | None = None  # why Telegram seems to be down
    is_told: bool = False  # by Telegram, to wait for so long


@dataclass(frozen=True)
class Postponed:
    """Not before that moment of business time."""

    until: datetime


Outcome = Done | Again | Postponed


def wants_plain_text(refusal: TelegramRefused) -> bool:
    """Telegram could not read the markup; without it the words can still be said."""
    return refusal.code == BAD_REQUEST_CODE and _UNREADABLE_MARKUP in refusal.description.lower()


def wants_new_message(refusal: TelegramRefused) -> bool:
    """The message to edit is gone, or has no text; the words can still be said below it."""
    words = refusal.description.lower()
    return refusal.code == BAD_REQUEST_CODE and any(part in words for part in _UNEDITABLE)


def verdict(refusal: TelegramRefused) -> Verdict:
    """For a refusal that no second try changes."""
    words = refusal.description.lower()
    if refusal.code == UNREACHABLE_CODE:
        return Verdict("skipped", "unreachable", unreachable=True)
    if refusal.code == BAD_REQUEST_CODE:
        if _ALREADY_SO in words:
            return Verdict("sent", "already-so")
        if any(part in words for part in _TOO_LATE):
            return Verdict("skipped", "too-late")
        if any(part in words for part in _NOBODY):
            return Verdict("skipped", "unreachable", unreachable=True)
    return Verdict("failed", f"refused-{refusal.code}")
