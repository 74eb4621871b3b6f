"""Points for what is not a visit: a birthday told, words of review. Each under a key of its own.

`action:birthday_told:{client}` is for the first birthday that a record ever had: a change, or a
birthday told again after it was taken out, is not paid. A merge keeps that promise by carrying
`birthday_told_on` over to the record that lives. An erasure takes the record and its key with it:
who registers anew within 12 months is a record that has told one, as rule 15 has it of the welcome
(`operations.registration`).
"""

from datetime import date

from loyalty.points import valid_through
from loyalty.programme import Programme
from operations.ledger import EntryKind, grant
from operations.outgoing import notify, to_client
from operations.promises import review_points
from operations.transaction import Tx
from storage import clients, ledger
from storage.clients import Client
from storage.visits import Visit
from templates.actions import Action, Thanked


def birthday_points(programme: Programme, client: Client) -> int:
    """What telling the birthday gives this client; 0 for who has told one before."""
    has_one = client.birthday_day is not None or client.birthday_told_on is not None
    return 0 if has_one else programme.actions.birthday_told


async def thank_for_birthday(tx: Tx, client_id: int, points: int) -> None:
    """Pays for the birthday just told; the caller holds the client locked."""
    await _thank(tx, client_id, Action.BIRTHDAY_TOLD, points, f"action:birthday_told:{client_id}")


def is_review(words: str) -> bool:
    """Whether something is said: a sign or a smile alone is not."""
    return any(character.isalpha() for character in words)


async def thank_for_review(tx: Tx, visit: Visit, words: str) -> None:
    """Pays for the words about a visit, once a visit; the caller holds the client locked."""
    points = review_points(tx, visit)
    if points and is_review(words) and not visit.is_undone:
        key = f"action:review:{visit.id}"
        await _thank(tx, visit.client_id, Action.REVIEW, points, key, visit_id=visit.id)


async def _thank(
    tx: Tx, client_id: int, action: Action, points: int, key: str, *, visit_id: int | None = None
) -> None:
    """Grants and tells; nothing where the key was used, though the amount be another by now."""
    if not points or await ledger.by_key(tx.db, key) is not None:
        return
    until: date | None = valid_through(tx.today, tx.programme.points.lifetime_days)
    posted = await grant(
        tx,
        client_id,
        points,
        kind=EntryKind.ACTION,
        key=key,
        valid_through=until,
        visit_id=visit_id,
    )
    client = await clients.by_id(tx.db, client_id)
    assert client is not None, "the grant has found it"
    thanked = Thanked(action, points, posted.balance_after, until, visit_id, posted.entry_id)
    await notify(tx, to_client(client), thanked, key=f"thanked:{posted.entry_id}")
