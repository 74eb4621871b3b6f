"""Rule 17: two records of one person become one, and nothing of either is lost."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from loyalty.programme import Programme
from operations import ledger
from operations.authority import NotAllowed
from operations.client_card import show_history
from operations.desk import Who, find_client
from operations.ledger import EntryKind
from operations.merging import (
    Merged,
    MergeImpossible,
    MergeOffer,
    OwnCard,
    SameClient,
    merge_clients,
    offer_merge,
)
from operations.registration import PhoneElsewhere, Registered
from operations.senders import Role, Sender
from storage import badges, job_claims, merges, referrals, tiers, visits
from storage.audit import differences
from storage.clients import ClientStatus
from storage.database import Database
from storage.tables import ledger_entries, lots, metadata
from storage.tiers import TierReason
from templates.client import History
from templates.merging import CardsMerged, MergedAway
from tests.movable_clock import MovableClock
from tests.operations.newcomers import Town as Strangers
from tests.town import Town

SOON, LATE = date(2027, 3, 1), date(2027, 9, 1)


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


async def manager(town: Town, role: Role = Role.MANAGER) -> Sender:
    return await town.sender(await town.hires("Пётр", role))


async def gives(town: Town, client_id: int, points: int, until: date | None, key: str) -> int:
    async with town.tx() as tx:
        posted = await ledger.grant(
            tx, client_id, points, kind=EntryKind.ACTION, key=key, valid_through=until
        )
    return posted.entry_id


async def merged(town: Town, survivor: int, source: int) -> Merged | OwnCard | MergeImpossible:
    actor = await manager(town)
    async with town.tx() as tx:
        return await merge_clients(tx, actor=actor, survivor_id=survivor, source_id=source)


async def is_sound(town: Town) -> bool:
    async with town.database.read() as db:
        return await differences(db) == []


async def open_lots(town: Town, client_id: int) -> list[tuple[int, date | None]]:
    async with town.database.read() as db:
        query = (
            select(lots.c.remaining, lots.c.valid_through)
            .where(lots.c.client_id == client_id, lots.c.remaining > 0)
            .order_by(lots.c.valid_through)
        )
        return [(row.remaining, row.valid_through) for row in await db.execute(query)]


async def two(town: Town) -> tuple[int, int]:
    """Anna in the bot, and her old card without an account."""
    anna = await town.person(name="Анна", phone="+79120000501", card_number="1110001")
    card = await town.person(
        name="Анна И.", phone="+79120000502", card_number="1110002", telegram_id=None
    )
    return anna, card


async def test_rule_17_points_keep_their_lots_and_the_entries_stay(town: Town) -> None:
    anna, card = await two(town)
    await gives(town, anna, 100, LATE, "a")
    await gives(town, card, 30, SOON, "b")
    await gives(town, card, 20, None, "c")
    done = await merged(town, anna, card)
    assert isinstance(done, Merged)
    assert (done.points, done.survivor.balance) == (50, 150)
    assert sorted(await open_lots(town, anna), key=str) == sorted(
        [(30, SOON), (100, LATE), (20, None)], key=str
    )
    assert [(e.kind, e.amount) for e in await town.entries(card)] == [
        (EntryKind.ACTION, 30),
        (EntryKind.ACTION, 20),
        (EntryKind.TRANSFER, -50),
    ]
    assert [(e.kind, e.amount) for e in await town.entries(anna)][-1] == (EntryKind.TRANSFER, 50)
    source = await town.knows(card)
    assert (source.status, source.merged_into_id, source.balance) == (
        ClientStatus.ARCHIVED,
        anna,
        0,
    )
    assert await is_sound(town)
    assert "client.merged" in await town.audited()


async def test_rule_17_the_whole_history_goes_along(town: Town) -> None:
    anna, card = await two(town)
    friend = await town.person(name="Борис")
    first = await town.visit(anna)
    second = await town.visit(card)
    async with town.tx() as tx:
        from storage import clients

        for client_id in (anna, card):
            await clients.change(tx.db, client_id, {"visits": 1})
        await clients.change(tx.db, card, {"tier": "gold"})
        await tiers.add_change(
            tx.db,
            client_id=card,
            from_tier="silver",
            to_tier="gold",
            reason=TierReason.REVIEW,
            visit_id=None,
            now=tx.now,
        )
        await badges.grant(tx.db, card, "big_bill", visit_id=second.id, now=tx.now)
        await referrals.add(tx.db, friend_id=friend, referrer_id=card, now=tx.now)
    assert isinstance(await merged(town, anna, card), Merged)
    async with town.database.read() as db:
        booked = await visits.of_client(db, anna, limit=10)
        held = await badges.held(db, anna)
        brought = await referrals.of_friend(db, friend)
    assert {visit.id for visit in booked} == {first.id, second.id}
    assert {"big_bill", "first_visit"} <= {grant.badge for grant in held}
    assert brought is not None
    assert brought.referrer_id == anna
    known = await town.knows(anna)
    assert (known.visits, known.tier, known.last_visit_on) == (2, "gold", second.on_day)
    assert await is_sound(town)


async def test_rule_17_a_later_return_finds_the_points_of_the_old_record(town: Town) -> None:
    anna, card = await two(town)
    entry = await gives(town, card, 30, SOON, "b")
    await gives(town, anna, 100, LATE, "a")
    await merged(town, anna, card)
    async with town.tx() as tx:
        posted = await ledger.reverse(tx, entry, kind=EntryKind.RETURN, key="return:1")
    assert (posted.amount, posted.balance_after) == (-30, 100)
    assert await open_lots(town, anna) == [(100, LATE)]
    assert (await town.knows(card)).balance == 0
    assert await is_sound(town)


async def test_rule_08_a_spend_of_the_old_record_goes_back_into_its_lots(town: Town) -> None:
    anna, card = await two(town)
    await gives(town, card, 30, SOON, "b")
    async with town.tx() as tx:
        spent = await ledger.spend(tx, card, 20, kind=EntryKind.REDEMPTION, key="spend")
    await merged(town, anna, card)
    async with town.tx() as tx:
        await ledger.reverse(tx, spent.entry_id, kind=EntryKind.RETURN, key="return:1")
    assert await open_lots(town, anna) == [(30, SOON)]
    assert (await town.knows(anna)).balance == 30
    assert await is_sound(town)


@pytest.mark.parametrize(("own", "other", "left"), [(-40, 100, 60), (100, -40, 60), (-40, 10, -30)])
async def test_rule_09_a_debt_goes_along_and_is_filled(
    town: Town, own: int, other: int, left: int
) -> None:
    anna, card = await two(town)
    for client_id, balance in ((anna, own), (card, other)):
        entry = await gives(town, client_id, max(balance, 40), LATE, f"{client_id}")
        if balance < 0:
            async with town.tx() as tx:
                await ledger.spend(tx, client_id, 40, kind=EntryKind.REWARD, key=f"s{client_id}")
            async with town.tx() as tx:
                await ledger.reverse(tx, entry, kind=EntryKind.RETURN, key=f"r{client_id}")
        elif balance < 40:
            async with town.tx() as tx:
                await ledger.spend(
                    tx, client_id, 40 - balance, kind=EntryKind.REWARD, key=f"s{client_id}"
                )
    done = await merged(town, anna, card)
    assert isinstance(done, Merged)
    assert done.survivor.balance == left
    assert sum(points for points, _ in await open_lots(town, anna)) == max(left, 0)
    assert await is_sound(town)


async def test_rule_17_a_merge_is_done_once(town: Town) -> None:
    anna, card = await two(town)
    await gives(town, card, 30, SOON, "b")
    actors = [await manager(town) for _ in range(20)]

    async def tap(actor: Sender) -> Merged | OwnCard | MergeImpossible:
        async with town.tx() as tx:
            return await merge_clients(tx, actor=actor, survivor_id=anna, source_id=card)

    outcomes = await asyncio.gather(*(tap(actor) for actor in actors))
    done = [outcome for outcome in outcomes if isinstance(outcome, Merged)]
    assert len(done) == 20
    assert sum(not outcome.repeated for outcome in done) == 1
    assert (await town.knows(anna)).balance == 30
    assert (await town.audited()).count("client.merged") == 1
    assert await is_sound(town)


async def test_rule_17_two_that_cross_have_one_winner(town: Town) -> None:
    anna = await town.person(telegram_id=None, phone="+79120000501")
    card = await town.person(telegram_id=None, phone="+79120000502")
    actor = await manager(town)

    async def tap(survivor: int, source: int) -> object:
        async with town.tx() as tx:
            return await merge_clients(tx, actor=actor, survivor_id=survivor, source_id=source)

    outcomes = await asyncio.gather(
        *(tap(*pair) for pair in ((anna, card), (card, anna)) for _ in range(10))
    )
    assert sum(isinstance(one, Merged) and not one.repeated for one in outcomes) == 1
    statuses = {(await town.knows(client_id)).status for client_id in (anna, card)}
    assert statuses == {ClientStatus.ACTIVE, ClientStatus.ARCHIVED}


async def test_rule_17_the_account_s_record_stays_and_both_are_told(town: Town) -> None:
    anna, card = await two(town)
    actor = await manager(town)
    async with town.tx() as tx:
        offer = await offer_merge(tx, actor=actor, first_id=card, second_id=anna)
    assert isinstance(offer, MergeOffer)
    assert (offer.survivor.id, offer.both_live, offer.may_swap) == (anna, False, False)
    await merged(town, anna, card)
    (told,) = [n for n in await town.notices(anna) if isinstance(n, CardsMerged)]
    assert (told.balance, told.points) == (0, 0)


async def test_rule_17_two_live_accounts_are_merged_only_with_that_said(town: Town) -> None:
    anna = await town.person(phone="+79120000501")
    other = await town.person(phone="+79120000502")
    account = (await town.knows(other)).telegram_id
    actor = await manager(town)
    async with town.tx() as tx:
        offer = await offer_merge(tx, actor=actor, first_id=anna, second_id=other)
    assert isinstance(offer, MergeOffer)
    assert offer.both_live
    assert offer.may_swap
    await merged(town, anna, other)
    assert account is not None
    assert any(isinstance(n, MergedAway) for n in await town.notices_to(account))
    assert (await town.knows(other)).telegram_id is None


async def test_rule_17_either_phone_and_card_lead_to_the_one_record(
    town: Town, database: Database, programme: Programme
) -> None:
    anna, card = await two(town)
    await merged(town, anna, card)
    async with town.tx() as tx:
        for who in (Who(phone="+79120000502"), Who(card_number="1110002")):
            found = await find_client(tx, who)
            assert found is not None
            assert found.id == anna
    again = await Strangers(database, programme).registers(7_100_000_009, "+79120000502")
    assert isinstance(again, PhoneElsewhere)


async def test_rule_16_a_merged_card_without_account_is_claimed_by_either_phone(
    town: Town, database: Database, programme: Programme
) -> None:
    one = await town.person(telegram_id=None, phone="+79120000501", registered_at=None)
    other = await town.person(telegram_id=None, phone="+79120000502", registered_at=None)
    await merged(town, one, other)
    done = await Strangers(database, programme).registers(7_100_000_009, "+79120000502")
    assert isinstance(done, Registered)
    assert (done.client.id, done.known) == (one, True)


async def test_rule_14_a_merge_makes_nobody_their_own_referrer(town: Town) -> None:
    anna, card = await two(town)
    async with town.tx() as tx:
        await referrals.add(tx.db, friend_id=anna, referrer_id=card, now=tx.now)
    await merged(town, anna, card)
    async with town.database.read() as db:
        assert await referrals.of_friend(db, anna) is None


async def test_rule_15_a_merge_gives_no_second_birthday(town: Town) -> None:
    anna, card = await two(town)
    async with town.tx() as tx:
        await job_claims.claim(tx.db, "birthday", card, "2027", tx.now)
    await merged(town, anna, card)
    async with town.tx() as tx:
        assert not await job_claims.claim(tx.db, "birthday", anna, "2027", tx.now)


async def test_nobody_merges_their_own_card_nor_without_the_role(town: Town) -> None:
    anna, card = await two(town)
    clerk = await manager(town, Role.STAFF)
    own = (await town.knows(anna)).telegram_id
    await town.hires("Анна", Role.MANAGER, telegram_id=own)
    actor = await town.sender(own)
    async with town.tx() as tx:
        with pytest.raises(NotAllowed):
            await merge_clients(tx, actor=clerk, survivor_id=anna, source_id=card)
        assert await merge_clients(tx, actor=actor, survivor_id=anna, source_id=card) == OwnCard()
        offer = await offer_merge(tx, actor=actor, first_id=card, second_id=anna)
        assert offer == OwnCard()
    assert (await town.knows(card)).status is ClientStatus.ACTIVE


async def test_one_record_is_nothing_to_merge(town: Town) -> None:
    anna, _ = await two(town)
    actor = await manager(town)
    async with town.tx() as tx:
        same = await offer_merge(tx, actor=actor, first_id=anna, second_id=anna)
        assert isinstance(same, SameClient)
        none = await offer_merge(tx, actor=actor, first_id=anna, second_id=999_999)
        assert none == MergeImpossible()
        for pair in ((anna, anna), (anna, 999_999)):
            gone = await merge_clients(tx, actor=actor, survivor_id=pair[0], source_id=pair[1])
            assert gone == MergeImpossible()


async def test_records_merge_one_after_the_other(town: Town) -> None:
    people = [await town.person(telegram_id=None, phone=f"+7912000060{n}") for n in range(4)]
    entries = [await gives(town, one, 10, SOON + timedelta(days=one), f"{one}") for one in people]
    for survivor, source in ((1, 0), (2, 1), (3, 2)):
        assert isinstance(await merged(town, people[survivor], people[source]), Merged)
    assert (await town.knows(people[3])).balance == 40
    async with town.tx() as tx:
        posted = await ledger.reverse(tx, entries[0], kind=EntryKind.RETURN, key="return")
        total = (await tx.db.execute(select(func.sum(ledger_entries.c.amount)))).scalar_one()
    assert (posted.balance_after, total) == (30, 30)
    assert await is_sound(town)


def test_every_column_that_names_a_client_is_thought_of() -> None:
    thought_of = {str(column) for column in (*merges.MOVED, *merges.KEPT, *merges.CHOSEN)}
    naming = {
        str(column)
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "clients" for key in column.foreign_keys)
    }
    assert naming == thought_of


async def test_rule_17_the_history_shows_what_both_records_went_through(town: Town) -> None:
    anna, card = await two(town)
    await gives(town, card, 30, SOON, "b")
    await gives(town, anna, 100, LATE, "a")
    await town.visit(card)
    before = [await shown_points(town, one) for one in (anna, card)]
    done = await merged(town, anna, card)
    assert isinstance(done, Merged)
    after = await shown_points(town, anna)
    assert sorted(after) == sorted(before[0] + before[1])
    assert EntryKind.TRANSFER.value not in await shown_kinds(town, anna)


async def shown_points(town: Town, client_id: int) -> list[int]:
    return [line.points for line in (await history_of(town, client_id)).lines]


async def shown_kinds(town: Town, client_id: int) -> set[str]:
    return {line.kind.value for line in (await history_of(town, client_id)).lines}


async def history_of(town: Town, client_id: int) -> History:
    client = await town.knows(client_id)
    async with town.tx() as tx:
        return await show_history(tx, client, "ru", 1)
