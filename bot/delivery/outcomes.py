"""What Telegram's answer means for a letter."""

from dataclasses import dataclass

from bot.telegram import TelegramRefused

UNREACHABLE_CODE = 403
TOKEN_REVOKED_CODE = 401
TOO_MANY_CODE = 429
BAD_REQUEST_CODE = 400
_ALREADY_SO = "message is not modified"
_TOO_LATE = ("query is too old", "query id is invalid")
_UNREADABLE_MARKUP = "can't parse entities"
_NOBODY = ("chat not found", "user not found", "peer_id_invalid")


@dataclass(frozen=True)
class Verdict:
    """The end of a letter: its status and, by name, the reason."""

    status: str  # sent | failed | skipped
    reason: str | None = None
    unreachable: bool = False  # the person cannot be written to until they write


def wants_plain_text(refusal: TelegramRefused) -> bool:
    """Telegram could not read the markup; without it the words can still be said."""
    return refusal.code == BAD_REQUEST_CODE and _UNREADABLE_MARKUP in refusal.description.lower()


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
