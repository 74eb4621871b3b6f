"""What somebody who registers is shown, and the consents that the dialogue has kept."""

from datetime import datetime

from handlers.replies import Reply, Say
from operations.referral_link import first_name
from operations.registration import (
    Consent,
    ConsentKind,
    Consents,
    Registered,
    given,
)
from operations.transaction import Tx
from templates.registration import (
    AskAdvert,
    AskName,
    FirstPoints,
)


def ask_advert(tx: Tx, say: Say) -> Reply:
    """The second consent, asked apart from the first (rule 20)."""
    return say(AskAdvert(tx.programme.business.name, tx.programme.adverts.weekly_cap))


def kept_consents(kept: dict[str, list[str]]) -> Consents:
    """From the data of the conversation: version and moment of each."""
    return Consents(
        data=_consent(ConsentKind.DATA, kept["data"]),
        advert=_consent(ConsentKind.ADVERT, kept["advert"]) if "advert" in kept else None,
    )


def _consent(kind: ConsentKind, kept: list[str]) -> Consent:
    version, at = kept
    return given(kind, version, datetime.fromisoformat(at))


def name_question(tx: Tx, registered: Registered) -> AskName:
    """The first question to a client, with what the registration brought them."""
    rules = tx.programme.referral
    brought = registered.referrer is not None and rules is not None
    return AskName(
        name=registered.client.name,
        points=registered.welcome_points,
        balance=registered.client.balance,
        known=registered.known,
        referrer=first_name(registered.referrer) if registered.referrer else None,
        friend_points=rules.friend_points if rules and brought else 0,
        qualifying_bill=rules.qualifying_bill if rules and brought else 0,
        came_back=registered.came_back,
        is_told=registered.entry_id != 0,
    )


def first_points(registered: Registered) -> FirstPoints:
    """The receipt of the welcome points (rule 24)."""
    return FirstPoints(
        points=registered.welcome_points,
        earlier_points=registered.earlier_points,
        balance=registered.client.balance,
        valid_through=registered.valid_through,
        entry_id=registered.entry_id,
        known=registered.known,
    )
