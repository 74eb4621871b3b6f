"""What a link to the bot carries: one letter for its kind, then a code.

`r_` brings a friend, `c_` is a client's card, `g_` a reward that waits to be handed out, `s_`
invites a colleague, `p_` says on which poster or page the link stood. A code proves nothing:
whoever acts on it looks it up, and a code that is not known gives nothing.
"""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlencode

# Letters and digits that nobody confuses, read aloud or in print.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
REFERRAL_CODE_CHARS = 10  # 57 bits
CARD_CODE_CHARS = 16  # 92 bits: a card is not found by trying
INVITATION_CODE_CHARS = 24

_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Referral:
    """A client's personal link."""

    code: str


@dataclass(frozen=True)
class CardLink:
    """The link in the QR code of a client's card."""

    code: str


@dataclass(frozen=True)
class ClaimLink:
    """The link in the QR code of a claimed reward."""

    code: str


@dataclass(frozen=True)
class Invitation:
    """A link that makes a colleague."""

    code: str


@dataclass(frozen=True)
class Source:
    """Where the link hung."""

    code: str


@dataclass(frozen=True)
class Nothing:
    """A parameter that is none of ours, or none at all."""


Link = Referral | CardLink | ClaimLink | Invitation | Source | Nothing

_KINDS: dict[str, type[Referral | CardLink | ClaimLink | Invitation | Source]] = {
    "r_": Referral,
    "c_": CardLink,
    "g_": ClaimLink,
    "s_": Invitation,
    "p_": Source,
}
_PREFIXES = {kind: prefix for prefix, kind in _KINDS.items()}
_PREFIX_CHARS = 2


def read_link(parameter: str | None) -> Link:
    """What `/start PARAMETER` means, whatever stands there."""
    if parameter is None or _PARAMETER.fullmatch(parameter) is None:
        return Nothing()
    kind = _KINDS.get(parameter[:_PREFIX_CHARS])
    code = parameter[_PREFIX_CHARS:]
    return Nothing() if kind is None or not code else kind(code)


def link_parameter(link: Referral | CardLink | ClaimLink | Invitation | Source) -> str:
    """What `read_link` reads back; ValueError where Telegram would not carry it."""
    parameter = _PREFIXES[type(link)] + link.code
    if not link.code or _PARAMETER.fullmatch(parameter) is None:
        raise ValueError("a code of 1 to 62 letters, digits, _ and -")
    return parameter


def deep_link(
    bot_username: str, link: Referral | CardLink | ClaimLink | Invitation | Source
) -> str:
    """The address that opens the bot with this link."""
    return f"https://t.me/{bot_username}?start={link_parameter(link)}"


def sharing_link(link: str, text: str) -> str:
    """The address under which Telegram asks to whom this link shall go, with these words."""
    sharing = urlencode({"url": link, "text": text}, quote_via=quote)
    return f"https://t.me/share/url?{sharing}"


def random_code(length: int) -> str:
    """A code that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
