"""/audit_log: the log as an owner reads it."""

from collections.abc import Collection, Mapping

from operations.actors import A_STRANGER, as_client, client_id_of
from operations.authority import require
from operations.desk import called
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import audit_log, clients, staff
from storage.clients import Client
from templates.audit_trail import ACTS_PAGE_ROWS, Act, AuditLog

NUMBER_SHOWN_MAX = 999_999_999  # beyond it a subject is a Telegram id, which says nothing here
# Their details tell the points that left the account, or were asked for, without a sign.
_SPENDING = frozenset({"visit.undone", "reward.claimed", "redemption.asked"})
PAGES_MAX = 1_000  # further back lies the database itself


async def show_audit_log(
    tx: Tx, *, actor: Sender, page: int, client: Client | None, owner_ids: Collection[int] = ()
) -> AuditLog:
    """A page, or the nearest that there is; of one client's account alone, where one is given.

    Raises NotAllowed for anybody but an owner.
    """
    require(actor, Role.OWNER)
    client_id = None if client is None else client.id
    total = await audit_log.count(tx.db, client_id)
    pages = min(max(-(-total // ACTS_PAGE_ROWS), 1), PAGES_MAX)
    page = min(max(page, 1), pages)
    rows = await audit_log.page(
        tx.db, client_id, offset=(page - 1) * ACTS_PAGE_ROWS, limit=ACTS_PAGE_ROWS
    )
    actors = {row.actor_id for row in rows if row.actor_id is not None}
    names = await staff.names_of(tx.db, actors)
    names |= await clients.names_by_telegram_id(tx.db, actors - names.keys())
    own = {actor: client_id_of(actor) for actor in actors}
    named = {row.client_id for row in rows} | set(own.values())
    concerned = await clients.by_ids(tx.db, {one for one in named if one})
    names |= {actor: called(concerned[one]) for actor, one in own.items() if one in concerned}
    acts = tuple(
        Act(
            at=row.at,
            action=row.action,
            actor_name=_name(names, row.actor_id),
            by_stranger=row.actor_id == A_STRANGER,
            by_reader=row.actor_id == actor.telegram_id,
            by_owner=row.actor_id in owner_ids and row.actor_id not in names,
            client_name=_client_name(row, concerned),
            number=row.subject_id if 0 < (row.subject_id or 0) <= NUMBER_SHOWN_MAX else None,
            points=_points(row),
            bill=_number(row.details.get("bill")),
        )
        for row in rows
    )
    return AuditLog(
        of_client=None if client is None else called(client),
        client_id=client_id,
        acts=acts,
        page=page,
        pages=pages,
    )


def _name(names: Mapping[int, str], actor_id: int | None) -> str | None:
    if actor_id is None or actor_id == A_STRANGER:
        return None
    return names.get(actor_id, f"{actor_id}")


def _client_name(row: audit_log.Act, concerned: Mapping[int, Client]) -> str | None:
    """Whose account it was about; None also for who did it to their own."""
    client = None if row.client_id is None else concerned.get(row.client_id)
    if client is None or row.actor_id in (client.telegram_id, as_client(client)):
        return None
    return called(client)


def _points(row: audit_log.Act) -> int | None:
    """With the sign that they have on the account; None where in the end none moved."""
    points = _number(row.details.get("points"))
    if points is not None and row.action in _SPENDING:
        return -points
    return None if row.action.startswith("redemption.") else points


def _number(found: object) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) else None
