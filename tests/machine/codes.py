"""Partners' codes: each is given out once, and to one client one (and what is left is known)."""

from typing import Any

from operations.partners import (
    CodeGiven,
    NoCodesLeft,
    OfferGone,
    Refill,
    partner_figures,
    refill,
    take_code,
)
from operations.transaction import Tx
from storage.tables import partner_codes
from tests.machine.people import People
from tests.machine.programme import CODES
from tests.machine.world import OWNER, sender


class Codes:
    """What neighbours gave us to give away."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world
        self.given = people.model.codes
        self.there: dict[str, set[str]] = {partner: set() for partner in CODES}
        self._fills(*(Refill(partner, added=codes) for partner, codes in CODES.items()))
        for partner, codes in CODES.items():
            self.there[partner] |= set(codes)

    def comes(self, partner: str, *codes: str) -> None:
        """A newer file: more codes, and none of the others, but for those that somebody has."""
        old = tuple(sorted(self.there[partner] - set(codes)))
        self._fills(Refill(partner, withdrawn=old), Refill(partner, added=codes))
        taken = {code for (of, _), code in self.given.items() if of == partner}
        self.there[partner] = set(codes) | taken
        self.check()

    def _fills(self, *batches: Refill) -> None:
        async def work(tx: Tx) -> None:
            for batch in batches:
                await refill(tx, batch)

        self.world.act(work)

    def takes(self, n: int, partner: str) -> None:
        client = self.people.one(n)
        if client is None or client.telegram_id is None:
            return

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, client.telegram_id)
            return await take_code(tx, actor=actor, partner_code=partner, owner_ids={OWNER})

        own = self.given.get((partner, client.id))
        taken = {code for (of, _), code in self.given.items() if of == partner}
        left = self.there[partner] - taken
        found = next(one for one in self.world.programme.partners if one.code == partner)
        is_for = not found.tiers or client.tier in found.tiers
        outcome = self.world.act(work)
        self.world.happened[f"code: {type(outcome).__name__}"] += 1
        if own is not None:
            assert isinstance(outcome, CodeGiven), outcome
            assert (outcome.code, outcome.repeated) == (own, True)
        elif not is_for:
            assert isinstance(outcome, OfferGone), outcome
        elif not left:
            assert isinstance(outcome, NoCodesLeft), outcome
        else:
            assert isinstance(outcome, CodeGiven), outcome
            assert outcome.code in left, "a code was given out before"
            self.given[partner, client.id] = outcome.code
            twice = self.world.act(work)
            assert isinstance(twice, CodeGiven)
            assert twice.code == outcome.code
        self.check()

    def check(self) -> None:
        """The table says who has which, and the owner's figures count them."""
        rows = self.people.table(partner_codes)
        held = {(row.partner, row.client_id): row.code for row in rows if row.client_id}
        assert held == self.given
        for figures in self.world.read(partner_figures):
            partner = figures.partner.code
            assert figures.stock.taken == sum(of == partner for of, _ in self.given)
            assert figures.stock.total == len(self.there[partner])
