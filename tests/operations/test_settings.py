"""Settings changed in the bot: once, seen before, whole, live everywhere, and no promise broken."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from loyalty.programme import Programme
from operations.authority import NotAllowed
from operations.in_force import InForce
from operations.promises import invited_terms, lifetime_days, weekly_caps
from operations.senders import Role
from operations.setting_notices import tell_unfit
from operations.settings import (
    Confirmed,
    Refused,
    Unknown,
    drop_change,
    propose_as_in_file,
    propose_return,
)
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage import inbox, programme_changes
from storage.database import Database
from templates.settings import Barrier, NotChanged, Preview, PromiseStands, Unfit
from tests.movable_clock import MovableClock
from tests.operations.owner_settings import an_owner, changes, confirms, subject, types
from tests.town import Town

WELCOME = "points.welcome"


@pytest.fixture
def in_force() -> InForce:
    return InForce.load(SERVICE_CENTRE)


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


async def test_a_change_is_a_version_and_every_process_has_it(
    town: Town, in_force: InForce
) -> None:
    owner, other = await an_owner(town), InForce.load(SERVICE_CENTRE)
    await changes(town, owner, in_force, WELCOME, "250")
    assert in_force.programme.points.welcome == 250
    async with town.database.read() as db:
        assert other.programme.points.welcome == 100
        assert (await other.at_version(db, 1)).points.welcome == 250
        assert await programme_changes.newest_version(db) == 1
    assert (await town.audited()).count("settings.changed") == 1


async def test_twenty_taps_are_one_change(town: Town, in_force: InForce) -> None:
    owner = await an_owner(town)
    shown = await types(town, owner, in_force, WELCOME, "250")
    assert isinstance(shown, Preview)
    outcomes = await asyncio.gather(
        *(confirms(town, owner, in_force, shown.draft_id) for _ in range(20))
    )
    done = [outcome for outcome in outcomes if isinstance(outcome, Confirmed)]
    assert len(done) == 20
    assert [outcome.repeated for outcome in done].count(False) == 1
    async with town.database.read() as db:
        assert await programme_changes.newest_version(db) == 1


async def test_of_two_owners_at_once_the_second_is_shown_the_preview_again(
    town: Town,
) -> None:
    owners = [await an_owner(town, name) for name in ("Олег", "Ольга")]
    processes = [InForce.load(SERVICE_CENTRE) for _ in owners]
    shown = [
        await types(town, owner, process, WELCOME, str(200 + 100 * place))
        for place, (owner, process) in enumerate(zip(owners, processes, strict=True))
    ]
    outcomes = await asyncio.gather(
        *(
            confirms(town, owner, process, preview.draft_id)
            for owner, process, preview in zip(owners, processes, shown, strict=True)
            if isinstance(preview, Preview)
        )
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, Confirmed)]
    anew = [outcome for outcome in outcomes if isinstance(outcome, Preview)]
    assert (len(won), len(anew)) == (1, 1)
    assert anew[0].is_meanwhile
    assert anew[0].before.number in (200, 300)
    assert anew[0].meanwhile_by in ("Олег", "Ольга")
    async with town.database.read() as db:
        assert await programme_changes.newest_version(db) == 1


async def test_only_who_asked_may_confirm_and_only_an_owner_may_ask(
    town: Town, in_force: InForce
) -> None:
    owner, olga = await an_owner(town), await an_owner(town, "Ольга")
    manager = await town.sender(await town.hires("Борис", Role.MANAGER))
    shown = await types(town, owner, in_force, WELCOME, "250")
    assert isinstance(shown, Preview)
    assert isinstance(await confirms(town, olga, in_force, shown.draft_id), Unknown)
    assert isinstance(await confirms(town, owner, in_force, 999_999), Unknown)
    with pytest.raises(NotAllowed):
        await confirms(town, manager, in_force, shown.draft_id)
    with pytest.raises(NotAllowed):
        await types(town, manager, in_force, WELCOME, "250")


async def test_a_dropped_preview_stays_dropped(town: Town, in_force: InForce) -> None:
    owner = await an_owner(town)
    shown = await types(town, owner, in_force, WELCOME, "250")
    assert isinstance(shown, Preview)
    async with town.tx() as tx:
        await drop_change(tx, actor=owner, in_force=in_force, draft_id=shown.draft_id)
    assert isinstance(await confirms(town, owner, in_force, shown.draft_id), NotChanged)
    async with town.database.read() as db:
        assert await programme_changes.newest_version(db) == 0


async def test_versions_are_append_only(town: Town, in_force: InForce) -> None:
    await changes(town, await an_owner(town), in_force, WELCOME, "250")
    for statement in ("UPDATE programme_changes SET new = '1'", "DELETE FROM programme_changes"):
        with pytest.raises(Exception, match="append-only"):
            async with town.database.write() as db:
                await db.execute(text(statement))


async def test_a_reset_and_a_return_are_versions_too(town: Town, in_force: InForce) -> None:
    owner = await an_owner(town)
    await changes(town, owner, in_force, WELCOME, "250")
    async with town.tx() as tx:
        back = await propose_return(tx, actor=owner, in_force=in_force, version=1, before=True)
        reset = await propose_as_in_file(
            tx, actor=owner, in_force=in_force, subject=subject(in_force, WELCOME)
        )
    assert isinstance(back, Preview)
    assert isinstance(reset, Preview)
    assert reset.is_as_in_file
    await confirms(town, owner, in_force, reset.draft_id)
    async with town.database.read() as db:
        await in_force.refresh(db)
    assert in_force.programme.points.welcome == 100
    assert in_force.effective.overrides == {}
    assert in_force.version == 2


async def test_a_changed_file_leaves_out_what_does_not_fit_and_tells_the_owner(
    town: Town, in_force: InForce, tmp_path: Path
) -> None:
    owner = await an_owner(town)
    await changes(town, owner, in_force, "tiers.gold.from", "50000")
    await changes(town, owner, in_force, WELCOME, "250")
    await changes(town, owner, in_force, "rewards.power_bank.cost", "2000")
    edited = SERVICE_CENTRE.read_text(encoding="utf-8")
    edited = edited.replace("from = 100000", "from = 40000").replace('"power_bank"', '"umbrella"')
    edited = edited.replace('codes = "kino-codes.txt"', "")
    file = tmp_path / "mine.toml"
    file.write_text(edited, encoding="utf-8")
    restarted = InForce.load(file)
    async with town.database.read() as db:
        await restarted.refresh(db)
    assert set(restarted.effective.unfit) == {"tiers.gold.from", "rewards.power_bank.cost"}
    assert restarted.programme.points.welcome == 250, "what fits holds, over the file"
    for _ in range(2):
        async with town.tx() as tx:
            await tell_unfit(tx, restarted, {owner.telegram_id})
    async with town.database.read() as db:
        told = await db.execute(
            text("SELECT count(*) FROM outbox WHERE notice = :name"),
            {"name": Unfit.message_name},
        )
        assert told.scalar_one() == 1


# -- what was promised


async def test_points_that_clients_hold_are_never_worth_less(town: Town, in_force: InForce) -> None:
    owner = await an_owner(town)
    assert isinstance(await types(town, owner, in_force, "points.value", "0,5"), Preview)
    await town.person(balance=10)
    stands = await types(town, owner, in_force, "points.value", "0,5")
    assert isinstance(stands, PromiseStands)
    assert stands.barrier is Barrier.WORTH_LESS
    assert isinstance(await types(town, owner, in_force, "points.value", "2"), Preview)


async def test_an_announced_promotion_gives_no_less(town: Town, in_force: InForce) -> None:
    owner, key = await an_owner(town), "promotions.happy_hours.multiply"
    assert isinstance(await types(town, owner, in_force, key, "1,5"), PromiseStands)
    assert isinstance(await types(town, owner, in_force, key, "3"), Preview)


async def test_rule_11_points_that_rest_live_as_long_as_was_promised(
    town: Town, in_force: InForce
) -> None:
    owner, then = await an_owner(town), town.clock.now()
    town.clock.move(timedelta(days=1))
    await changes(town, owner, in_force, "points.lifetime_days", "30")
    async with town.database.read() as db:
        tx = Tx(db, town.clock.now(), in_force.programme)
        assert lifetime_days(tx, then) == 365
        assert lifetime_days(tx, town.clock.now()) == 30


async def test_an_invitation_keeps_what_it_promised(town: Town, in_force: InForce) -> None:
    owner = await an_owner(town)
    anna = await town.knows(await town.person())
    town.clock.move(timedelta(days=3))
    await changes(town, owner, in_force, "tiers.vip.cashback_percent", "4")
    level = in_force.programme.tiers.level("vip")
    assert level is not None
    async with town.database.read() as db:
        tx = Tx(db, town.clock.now(), in_force.programme)
        assert invited_terms(tx, anna, level).cashback_percent == 10
        assert await weekly_caps(tx, [anna.id]) == {anna.id: 2}


async def test_what_breaks_the_programme_is_refused_with_the_figure_that_stands_in_the_way(
    town: Town, in_force: InForce
) -> None:
    owner = await an_owner(town)
    await changes(town, owner, in_force, "points.pending_days", "20")
    refused = await types(town, owner, in_force, "points.lifetime_days", "10")
    assert isinstance(refused, Refused)
    assert refused.wrong.other is not None  # type: ignore[union-attr]
    assert refused.wrong.other.word == "points_pending_days"  # type: ignore[union-attr]


async def test_the_mark_of_a_done_update_tells_the_newest_version(
    town: Town, in_force: InForce
) -> None:
    await changes(town, await an_owner(town), in_force, WELCOME, "250")
    now = town.clock.now()
    arrival = inbox.Arrival(update_id=7, digest="d" * 64, order_key=1, raw="{}")
    async with town.database.write() as db:
        (row,) = await inbox.store(db, [arrival], now)
        claimed = await inbox.mark_done(db, row.id, now)
        assert claimed is not None
        assert claimed.programme_version == 1
        assert await inbox.mark_done(db, row.id, now) is None
