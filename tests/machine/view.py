"""The business as it stands: rows out of the tables, and what hands make of them."""

from typing import Any

from sqlalchemy import Table

from loyalty.programme import Programme
from storage.tables import clients, ledger_entries, lots, redemptions, visits
from tests.machine.invariants import Books, open_books
from tests.machine.reckoning import Disputed, Model, frozen_by_hand
from tests.machine.world import World

IN_BOOKS = {
    clients: "clients",
    ledger_entries: "entries",
    lots: "lots",
    redemptions: "redemptions",
    visits: "visits",
}


class View:
    """Who looks sees the same until something is done."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.model = Model()
        self.gone = self.model.gone  # erased clients

    @property
    def programme(self) -> Programme:
        return self.world.programme

    def books(self) -> Books:
        return self.world.see(open_books)

    def one(self, n: int) -> Any | None:
        """An active client's row."""
        rows = [row for row in self.table(clients) if row.status == "active"]
        return rows[n % len(rows)] if rows else None

    def table(self, table: Table) -> list[Any]:
        """Its rows by their primary key, out of the books where those are open."""
        if table in IN_BOOKS and self.world.has_seen(open_books):
            rows: list[Any] = getattr(self.books(), IN_BOOKS[table])
            return rows
        return self.world.table(table)

    def client(self, client_id: int) -> Any:
        return next(row for row in self.table(clients) if row.id == client_id)

    def entries(self) -> list[Any]:
        return self.table(ledger_entries)

    def visits(self) -> list[Any]:
        return self.table(visits)

    def holds(self) -> list[Any]:
        """Questions about points that are open."""
        return [row for row in self.table(redemptions) if row.status == "open"]

    def visit(self, visit_id: int) -> Any:
        return next(visit for visit in self.visits() if visit.id == visit_id)

    def standing_visit(self, n: int) -> Any | None:
        found = [
            visit
            for visit in self.visits()
            if visit.status == "confirmed" and visit.client_id not in self.gone
        ]
        return found[n % len(found)] if found else None

    def frozen_of(self, disputed: Disputed) -> int:
        """Points that this dispute freezes now, by hand."""
        entries = [] if disputed.entry_id is None else self.entries()
        return frozen_by_hand(disputed, self.visits(), entries, self.model.pending)

    def frozen(self, client_id: int) -> int:
        """By all of the client's open disputes."""
        return sum(
            self.frozen_of(disputed)
            for disputed in self.model.disputed.values()
            if self.model.living(disputed.client_id) == client_id
        )

    def held(self, client_id: int, *, besides: int | None = None) -> int:
        """On open questions; `besides` those of this member of staff."""
        now = self.world.now
        return sum(
            hold.points
            for hold in self.holds()
            if hold.client_id == client_id and hold.expires_at > now and hold.staff_id != besides
        )

    def available(self, client: Any, *, besides: int | None = None) -> int:
        """What may be spent: the balance without what is spoken for."""
        spoken_for = self.held(client.id, besides=besides) + self.frozen(client.id)
        return max(client.balance - spoken_for, 0)
