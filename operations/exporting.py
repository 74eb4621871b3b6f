"""The list of clients as it leaves the house: what `svoi import` reads back, and consents.

Cells are made inert by `card_lists.inert`: an apostrophe stands before a text that a spreadsheet
would execute. A phone begins with a plus, so in a CSV it has one too, and stays a text by it.
"""

from collections.abc import Sequence
from decimal import Decimal

from loyalty.programme import Programme
from operations.card_lists import inert
from operations.standing import current_level
from operations.transaction import Tx
from storage import exports
from storage.exports import Exported
from templates.labels import Labels

EXPORT_PAGE = 1_000

Cell = str | int | Decimal


def headings(labels: Labels) -> list[str]:
    """The first line, in the order of `export_page`."""
    return [
        labels("export.phone"),
        labels("export.name"),
        labels("export.birthday"),
        labels("export.balance"),
        labels("export.spend"),
        labels("export.tier"),
        labels("export.visits"),
        labels("export.last_visit"),
        labels("export.card"),
        labels("export.registered"),
        labels("export.data_consent"),
        labels("export.advert_consent"),
    ]


async def count_clients(tx: Tx) -> int:
    return await exports.count(tx.db)


async def export_page(
    tx: Tx, labels: Labels, language: str, *, after_id: int
) -> tuple[list[Sequence[Cell]], int | None]:
    """The rows that follow this client's id, and the id that the next page follows."""
    found = await exports.page(tx.db, after_id=after_id, limit=EXPORT_PAGE)
    rows = [_row(tx, one, labels, language) for one in found]
    return rows, found[-1].client.id if len(found) == EXPORT_PAGE else None


def _row(tx: Tx, exported: Exported, labels: Labels, language: str) -> Sequence[Cell]:
    client = exported.client
    return [
        client.phone or "",
        inert(client.name or ""),
        _birthday(exported),
        client.balance,
        _money(tx.programme, exported.spend),
        inert(current_level(tx, client).name.of(language)),
        client.visits,
        client.last_visit_on.isoformat() if client.last_visit_on else "",
        client.card_number or "",
        exported.registered_on.isoformat() if exported.registered_on else "",
        _given(labels, given=exported.data_consent),
        _given(labels, given=client.advert_consent),
    ]


def _birthday(exported: Exported) -> str:
    client = exported.client
    if client.birthday_day is None or client.birthday_month is None:
        return ""
    day = f"{client.birthday_day:02d}.{client.birthday_month:02d}"
    return day if client.birthday_year is None else f"{day}.{client.birthday_year}"


def _money(programme: Programme, minor: int) -> Decimal:
    """Exactly, with all the currency's decimals."""
    return Decimal(minor).scaleb(-programme.business.minor_digits)


def _given(labels: Labels, *, given: bool) -> str:
    return labels("export.given") if given else labels("export.missing")
