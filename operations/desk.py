"""What staff type at the desk, and the client it is about."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from loyalty.amounts import read_amount
from loyalty.invitations import invited_levels
from loyalty.programme import Level, Programme, Service
from loyalty.refusals import Refusal
from loyalty.services import find_service, services_meant
from loyalty.stamps import StampCard
from loyalty.visits import smallest_redemption
from operations.authority import require
from operations.held_points import NOTHING_SPOKEN_FOR, SpokenFor, spoken_for
from operations.phones import longest_phone, masked_phone
from operations.senders import Role, Sender
from operations.stamps import stamp_cards
from operations.standing import current_level
from operations.transaction import Tx
from storage import audit_log, cases, clients, rewards, visits
from storage.clients import Client, ClientStatus
from storage.rewards import Claim
from storage.visits import Visit

SERVICE_CHARS_MAX = 64
RECENT_VISITS_MAX = 3
WAITING_SHOWN_MAX = 3
NAMELESS = "—"
CARD_DIGITS_UNLIKE_BILLS = 7  # 123456 may well be a bill
MERGES_FOLLOWED_MAX = 8

POINTS_DIGITS_MAX = 9
POINTS_UNHEARD_OF = 10**POINTS_DIGITS_MAX

_POINTS = re.compile(r"[0-9]+")
_POINTS_ALONE = re.compile(
    r"([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)\s*(?:б|балл(?:а|ов)?|points?)?",
    re.IGNORECASE,
)
_CARD_NUMBER = re.compile(r"[0-9]{6,8}")
# As the card's picture writes it: two groups. One group of three or four is no number by itself.
_GROUPED_CARD_NUMBER = re.compile(
    r"([0-9]{3})[ \u00a0]([0-9]{3,4})(?!\S)|([0-9]{4})[ \u00a0]([0-9]{4})(?!\S)"
)
_SPACED_CARD_NUMBER = re.compile(r"[0-9](?:[ \u00a0-]?[0-9]){5,7}")


class WhoUnreadable(Refusal):
    """The text begins with neither a phone nor a card's number."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class PointsUnreadable(Refusal):
    """The text does not begin with a whole number of points."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class ServiceTooLong(Refusal):
    """More than SERVICE_CHARS_MAX characters for a service."""

    def __init__(self, length_chars: int) -> None:
        super().__init__(length_chars)
        self.length_chars = length_chars


@dataclass(frozen=True)
class Who:
    """A client as staff name them: one of the two is told."""

    phone: str | None = None  # E.164
    card_number: str | None = None


class PointsTyped(NamedTuple):
    """How many points somebody typed, and what was typed after it."""

    points: int
    rest: str


class WhoTyped(NamedTuple):
    """Whom somebody typed, and what was typed after it."""

    who: Who
    rest: str


@dataclass(frozen=True)
class ServiceTyped:
    """What a visit is for: a listed service's code, or words as typed, or nothing said."""

    code: str | None = None
    text: str | None = None

    def name(self, programme: Programme, language: str) -> str | None:
        """Its name in this language; None where nothing was said."""
        listed = None if self.code is None else programme.service(self.code)
        if listed is not None:
            return listed.name.of(language)
        return self.text or self.code


@dataclass(frozen=True)
class BillTyped:
    """AMOUNT [SERVICE]; the bill in minor units."""

    bill: int
    service: ServiceTyped
    meant: tuple[Service, ...] = ()  # what the words of the service may stand for, if several


def read_who(text: str, programme: Programme) -> WhoTyped:
    """The longest beginning that is a valid phone, else the first word as a card's number.

    A number in the two groups of the card's picture is one too. Raises WhoUnreadable.
    """
    phone = longest_phone(text, programme.business.phone_region)
    if phone is not None:
        return WhoTyped(Who(phone=phone.phone), phone.rest)
    word, rest = [*text.split(maxsplit=1), "", ""][:2]
    if _CARD_NUMBER.fullmatch(word):
        return WhoTyped(Who(card_number=word), rest.strip())
    grouped = _GROUPED_CARD_NUMBER.match(text.strip())
    if grouped is not None:
        number = "".join(group for group in grouped.groups() if group)
        return WhoTyped(Who(card_number=number), text.strip()[grouped.end() :].strip())
    raise WhoUnreadable(text)


def read_who_alone(text: str, programme: Programme) -> WhoTyped:
    """The same where nothing but WHO is asked: a card's number may be typed in groups."""
    try:
        return read_who(text, programme)
    except WhoUnreadable:
        if _SPACED_CARD_NUMBER.fullmatch(text.strip()):
            return WhoTyped(Who(card_number=re.sub(r"[^0-9]", "", text)), "")
        raise


def read_bill(text: str, programme: Programme) -> BillTyped:
    """AMOUNT [SERVICE]. Raises AmountUnreadable, AmountOutOfRange, ServiceTooLong."""
    amount = read_amount(text, programme.business.minor_digits)
    service = read_service(amount.rest, programme)
    meant = () if service.text is None else services_meant(programme, service.text)
    return BillTyped(amount.minor, service, meant)


def read_points(text: str) -> PointsTyped:
    """POINTS, a whole number in one word. Raises PointsUnreadable."""
    word, rest = [*text.split(maxsplit=1), "", ""][:2]
    if not _POINTS.fullmatch(word):
        raise PointsUnreadable(text)
    # Beyond any balance: refused with the largest figure, however long it was.
    return PointsTyped(int(word) if len(word) <= POINTS_DIGITS_MAX else POINTS_UNHEARD_OF, rest)


def read_points_alone(text: str) -> int:
    """The same where nothing else is asked: "100 points" is read too, as is "1 000"."""
    found = _POINTS_ALONE.fullmatch(text.strip())
    if found is None:
        raise PointsUnreadable(text)
    return read_points("".join(found[1].split())).points


def read_service(text: str, programme: Programme) -> ServiceTyped:
    """A listed service by its code, its name in any language or a part of it, else as typed.

    Raises ServiceTooLong.
    """
    words = " ".join("".join(filter(_is_writable, text)).split())
    if not words:
        return ServiceTyped()
    listed: Service | None = find_service(programme, words)
    if listed is not None:
        return ServiceTyped(code=listed.code)
    if len(words) > SERVICE_CHARS_MAX:
        raise ServiceTooLong(len(words))
    return ServiceTyped(text=words)


def _is_writable(character: str) -> bool:
    """Control characters have no business in a service; spaces of all kinds are one space."""
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")


async def find_client(tx: Tx, who: Who) -> Client | None:
    """The client whom staff name; a record that was merged away leads to the one that lives."""
    if who.phone is not None:
        found = await clients.by_phone(tx.db, who.phone)
    else:
        assert who.card_number is not None, "a phone or a card"
        found = await clients.by_card_number(tx.db, who.card_number)
    return await _living(tx, found)


async def names_another_client(tx: Tx, text: str) -> bool:
    """Whether this, typed where an amount is awaited, means the next client in the queue.

    A phone does; so does a number that no bill has, if there is such a card.
    """
    try:
        who = read_who_alone(text, tx.programme).who
    except WhoUnreadable:
        return False
    if who.phone is not None:
        return True
    is_long = who.card_number is not None and len(who.card_number) >= CARD_DIGITS_UNLIKE_BILLS
    return is_long and await find_client(tx, who) is not None


async def client_of_card(tx: Tx, code: str) -> Client | None:
    """The client whose card's QR code carries this."""
    return await _living(tx, await clients.by_card_code(tx.db, code))


async def living_client(tx: Tx, client_id: int) -> Client | None:
    """The client of this record, or of the one that it was merged into."""
    return await _living(tx, await clients.by_id(tx.db, client_id))


async def lock_living(tx: Tx, client_id: int) -> Client | None:
    """The same, locked: whose points they are by now; None where the client was erased."""
    await clients.lock(tx.db, client_id)
    living = await living_client(tx, client_id)
    if living is None or living.id == client_id:
        return living if living and living.status is ClientStatus.ACTIVE else None
    return await clients.lock(tx.db, living.id)


async def _living(tx: Tx, client: Client | None) -> Client | None:
    for _ in range(MERGES_FOLLOWED_MAX):
        if client is None or client.status is ClientStatus.ACTIVE:
            return client
        if client.merged_into_id is None:
            return None
        client = await clients.by_id(tx.db, client.merged_into_id)
    return None


def visit_service(visit: Visit, programme: Programme, language: str) -> str | None:
    """What a booked visit was for, in this language."""
    return ServiceTyped(visit.service_code, visit.service_text).name(programme, language)


def called(client: Client) -> str:
    """How staff know the client: by name, else by what is not a secret of theirs."""
    if client.name:
        return client.name
    if client.card_number:
        return f"№ {client.card_number}"
    return masked_phone(client.phone) if client.phone else NAMELESS


def is_oneself(actor: Sender, client: Client) -> bool:
    """Whether staff would be serving themselves."""
    return client.telegram_id is not None and client.telegram_id == actor.telegram_id


async def note_viewed(tx: Tx, actor: Sender, client: Client) -> None:
    """Puts on record that somebody was shown this client; once for what a stimulus shows."""
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="client.viewed",
        client_id=client.id,
    )


@dataclass(frozen=True)
class DeskView:
    """A client as the desk sees them."""

    client: Client
    level: Level
    phone: str | None  # whole for managers, else masked
    recent: tuple[Visit, ...]  # newest first
    open_cases: int
    is_oneself: bool
    may_redeem: bool  # has points enough for a redemption, and a phone to confirm on
    invitations: tuple[Level, ...]  # levels to which the actor may invite the client
    stamps: tuple[StampCard, ...]
    waiting: tuple[Claim, ...] = ()  # rewards to be handed out
    may_merge: bool = False
    spoken_for: SpokenFor = NOTHING_SPOKEN_FOR


async def desk_view(tx: Tx, *, actor: Sender, client: Client) -> DeskView:
    """The desk's view of a client; that somebody looked is in the audit log."""
    require(actor, Role.STAFF)
    recent = await visits.of_client(tx.db, client.id, limit=RECENT_VISITS_MAX)
    await note_viewed(tx, actor, client)
    phone = client.phone
    oneself = is_oneself(actor, client)
    invites = actor.may_act_as(Role.OWNER) and not oneself
    taken = await spoken_for(tx, client)
    available = max(client.balance - taken.held - taken.frozen, 0)
    return DeskView(
        client=client,
        level=current_level(tx, client),
        phone=phone if phone is None or actor.may_act_as(Role.MANAGER) else masked_phone(phone),
        recent=tuple(recent),
        open_cases=await cases.count_open(tx.db, client.id),
        is_oneself=oneself,
        invitations=invited_levels(tx.programme) if invites else (),
        stamps=await stamp_cards(tx, client.id),
        waiting=tuple(await rewards.open_of(tx.db, client.id, limit=WAITING_SHOWN_MAX)),
        may_redeem=(
            client.telegram_id is not None
            and tx.programme.redeeming.max_share_percent > 0
            and available >= smallest_redemption(tx.programme)
        ),
        may_merge=actor.may_act_as(Role.MANAGER) and not oneself,
        spoken_for=taken,
    )
