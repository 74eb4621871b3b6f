"""Partners' codes, on both databases: each given out once, one a client, the same for good."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from loyalty.programme import Programme
from loyalty.programme.offers import Partner
from loyalty.programme.partner_codes import CodesUnreadable
from operations.offers import show_offers, show_partners
from operations.partners import (
    CodeGiven,
    NoCodesLeft,
    OfferGone,
    due_refills,
    partner_figures,
    refill,
    take_code,
)
from storage import partner_codes
from storage.database import Database
from storage.partner_codes import Stock
from templates.partners import Access, CodesLow
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town

Outcome = CodeGiven | NoCodesLeft | OfferGone


@pytest.fixture
def town(database: Database, programme: Programme, tmp_path: Path) -> Town:
    """The sample business, its codes in a file that a test writes."""
    return Town(database, MovableClock(), replace(programme, folder=tmp_path))


async def stocks(town: Town, *codes: str) -> None:
    """The file is written, and the process starts."""
    folder = town.programme.folder
    assert folder is not None
    (folder / "kino-codes.txt").write_text("\n".join(codes), encoding="utf-8")
    async with town.tx() as tx:
        for batch in await due_refills(tx):
            await refill(tx, batch)


async def takes(town: Town, client_id: int, partner: str = "kino") -> Outcome:
    actor = await town.as_sender(client_id)
    async with town.tx() as tx:
        return await take_code(tx, actor=actor, partner_code=partner, owner_ids={OWNER_ID})


async def stock(town: Town) -> Stock:
    async with town.tx() as tx:
        (figures,) = await partner_figures(tx)
    return figures.stock


async def warnings(town: Town) -> list[int]:
    told = await town.notices_to(OWNER_ID)
    return [one.left for one in told if isinstance(one, CodesLow)]


async def access(town: Town, client_id: int) -> Access:
    async with town.tx() as tx:
        offers = await show_offers(tx, await town.knows(client_id), "ru", for_owner=False)
    (line,) = offers.partners
    assert (line.taken, line.left) == (None, None)  # no figures for clients
    return line.access


async def test_a_code_is_given_once_and_stays_the_clients(town: Town) -> None:
    await stocks(town, "А-1", "А-2")
    anna, boris = await town.person(), await town.person()
    first = await takes(town, anna)
    assert isinstance(first, CodeGiven)
    assert (first.code, first.repeated) == ("А-1", False)
    again = await takes(town, anna)
    assert isinstance(again, CodeGiven)
    assert (again.code, again.repeated) == ("А-1", True)
    other = await takes(town, boris)
    assert isinstance(other, CodeGiven)
    assert other.code == "А-2"
    assert await stock(town) == Stock(total=2, taken=2)


async def test_the_last_code_and_twenty_clients_have_one_winner_and_the_others_are_told(
    town: Town,
) -> None:
    await stocks(town, "ПОСЛЕДНИЙ")
    people = [await town.person() for _ in range(20)]
    outcomes = await asyncio.gather(*(takes(town, person) for person in people))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "CodeGiven",
        *["NoCodesLeft"] * 19,
    ]
    assert await stock(town) == Stock(total=1, taken=1)
    assert await warnings(town) == [0]


async def test_twenty_taps_of_one_client_take_one_code(town: Town) -> None:
    await stocks(town, *(f"К-{n}" for n in range(30)))
    anna = await town.person()
    outcomes = await asyncio.gather(*(takes(town, anna) for _ in range(20)))
    assert {outcome.code for outcome in outcomes if isinstance(outcome, CodeGiven)} == {"К-0"}
    assert await stock(town) == Stock(total=30, taken=1)


async def test_twenty_clients_at_once_get_twenty_codes_and_the_owner_hears_at_ten_and_at_none(
    town: Town,
) -> None:
    await stocks(town, *(f"К-{n}" for n in range(20)))
    people = [await town.person() for _ in range(20)]
    outcomes = await asyncio.gather(*(takes(town, person) for person in people))
    codes = {outcome.code for outcome in outcomes if isinstance(outcome, CodeGiven)}
    assert len(codes) == 20
    assert sorted(await warnings(town)) == [0, 10]


async def test_the_owner_hears_again_after_codes_were_added_and_ran_out_again(town: Town) -> None:
    await stocks(town, "А-1")
    await takes(town, await town.person())
    await takes(town, await town.person())
    assert await warnings(town) == [0]
    await stocks(town, "А-1", "А-2")
    await takes(town, await town.person())
    assert await warnings(town) == [0, 0]


async def test_a_restart_adds_new_lines_and_keeps_what_was_given(town: Town) -> None:
    await stocks(town, "А-1", "А-2")
    anna = await town.person()
    await takes(town, anna)
    await stocks(town, "А-1", "А-2")
    assert await stock(town) == Stock(total=2, taken=1)
    await stocks(town, "Б-1", "А-2")  # А-1 is gone from the file, but given; Б-1 is new
    assert await stock(town) == Stock(total=3, taken=1)
    await stocks(town, "Б-1")  # А-2 was withdrawn by the owner
    assert await stock(town) == Stock(total=2, taken=1)
    boris = await takes(town, await town.person())
    assert isinstance(boris, CodeGiven)
    assert boris.code == "Б-1"
    still = await takes(town, anna)
    assert isinstance(still, CodeGiven)
    assert still.code == "А-1"


async def test_a_thousand_codes_come_in_batches_in_the_files_order(town: Town) -> None:
    await stocks(town, *(f"К-{n:04d}" for n in range(1_234)))
    assert await stock(town) == Stock(total=1_234, taken=0)
    first = await takes(town, await town.person())
    assert isinstance(first, CodeGiven)
    assert first.code == "К-0000"


async def test_two_processes_that_fill_at_once_add_each_code_once(town: Town) -> None:
    folder = town.programme.folder
    assert folder is not None
    (folder / "kino-codes.txt").write_text("А-1\nА-2", encoding="utf-8")
    async with town.tx() as tx:
        batches = await due_refills(tx)

    async def fill() -> None:
        for batch in batches:
            async with town.tx() as tx:
                await refill(tx, batch)

    await asyncio.gather(fill(), fill())
    assert await stock(town) == Stock(total=2, taken=0)


async def test_a_file_that_vanished_is_named(town: Town) -> None:
    with pytest.raises(CodesUnreadable):
        async with town.tx() as tx:
            await due_refills(tx)


async def test_codes_are_for_the_partners_levels_and_one_given_outlasts_the_level(
    town: Town,
) -> None:
    (kino,) = town.programme.partners
    gold_only: Partner = replace(kino, tiers=("gold",))
    town.programme = replace(town.programme, partners=(gold_only,))
    await stocks(town, "А-1")
    silver, gold = await town.person(tier="silver"), await town.person(tier="gold")
    assert await access(town, silver) is Access.OTHER_LEVELS
    assert isinstance(await takes(town, silver), OfferGone)
    assert await access(town, gold) is Access.TAKE
    assert isinstance(await takes(town, gold), CodeGiven)
    town.programme = replace(town.programme, partners=(replace(kino, tiers=("vip",)),))
    assert await access(town, gold) is Access.HELD
    assert isinstance(await takes(town, gold), CodeGiven)
    assert await access(town, silver) is Access.OTHER_LEVELS


async def test_forged_and_old_buttons_give_nothing(town: Town) -> None:
    (kino,) = town.programme.partners
    await stocks(town, "А-1")
    anna = await town.person()
    assert isinstance(await takes(town, anna, "nobody"), OfferGone)
    town.programme = replace(town.programme, partners=(replace(kino, codes=None),))
    assert isinstance(await takes(town, anna), OfferGone)
    assert await access(town, anna) is Access.NO_CODE


async def test_when_all_are_taken_the_offer_says_so(town: Town) -> None:
    await stocks(town, "А-1")
    anna, boris = await town.person(), await town.person()
    await takes(town, anna)
    assert await access(town, boris) is Access.NONE_LEFT
    assert await access(town, anna) is Access.HELD


async def test_at_a_merge_a_code_goes_with_its_owner_unless_there_is_one(town: Town) -> None:
    await stocks(town, "А-1", "А-2")
    old, new, third = await town.person(), await town.person(), await town.person()
    await takes(town, old)
    async with town.tx() as tx:
        await partner_codes.move_to(tx.db, from_id=old, to_id=new)
        assert await partner_codes.of_client(tx.db, new) == {"kino": "А-1"}
    await takes(town, third)
    async with town.tx() as tx:
        await partner_codes.move_to(tx.db, from_id=third, to_id=new)
        assert await partner_codes.of_client(tx.db, new) == {"kino": "А-1"}
        assert await partner_codes.of_client(tx.db, third) == {"kino": "А-2"}


async def test_many_partners_come_by_pages_with_figures_for_owners_only(town: Town) -> None:
    (kino,) = town.programme.partners
    many = tuple(replace(kino, code=f"p{n}", codes=None if n else kino.codes) for n in range(8))
    town.programme = replace(town.programme, partners=many)
    await stocks(town, "А-1")
    anna = await town.person()
    client = await town.knows(anna)
    async with town.tx() as tx:
        offers = await show_offers(tx, client, "ru", for_owner=True)
        pages = [await show_partners(tx, client, "ru", n, for_owner=True) for n in (0, 1, 2, 9)]
    assert (len(offers.partners), offers.more_partners) == (3, 5)
    assert [(page.page, len(page.partners), page.pages) for page in pages] == [
        (1, 6, 2),
        (1, 6, 2),
        (2, 2, 2),
        (2, 2, 2),
    ]
    with_codes = pages[0].partners[0]
    assert (with_codes.taken, with_codes.left) == (0, 1)
    assert pages[0].partners[1].taken is None
