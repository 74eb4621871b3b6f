"""Rule 21: a restored backup is told of the erasures that came after it."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alerts import Alerts
from bot.backup import back_up
from bot.erasure_list import ErasureList
from loyalty.programme import Programme, load_programme
from operations.erasure import erase_client
from programmes import SERVICE_CENTRE
from scheduler.forgetting import Forgetting
from storage import audit, clients
from storage.clients import ClientStatus
from storage.database import Database
from storage.outbox import Letter
from storage.schema import migrate
from templates.owner import ErasureListAlert
from tests.databases import KINDS
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town
from tests.traces import traces

NAME, PHONE = "Зинаида Ёжикова", "+79127654321"


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


def list_of(town: Town, path: Path) -> ErasureList:
    offered: list[Letter] = []
    alerts = Alerts(
        town.database,
        town.clock,
        town.programme,
        {OWNER_ID},
        offer=offered.extend,
        monotonic=time.monotonic,
    )
    return ErasureList(town.database, town.clock, town.programme, path, alert=alerts.erasure_list)


async def erases(town: Town, client_id: int) -> None:
    async with town.tx() as tx:
        await erase_client(tx, client_id, by=None)


async def test_rule_21_a_restored_backup_is_told_of_later_erasures(tmp_path: Path) -> None:
    town = Town(await _fresh(tmp_path / "svoi.db"), MovableClock(), load_programme(SERVICE_CENTRE))
    before = await town.person(name="Анна")
    anna = await town.person(name=NAME, phone=PHONE)
    await erases(town, before)
    copy, listed = tmp_path / "copy.db", tmp_path / "svoi.db.erasures"
    await back_up(f"sqlite:///{tmp_path / 'svoi.db'}", copy)
    town.clock.move(timedelta(days=3))
    await erases(town, anna)
    erasure_list = list_of(town, listed)
    await erasure_list.write_new()
    await erasure_list.write_new()
    assert len(listed.read_bytes().splitlines()) == 2
    for secret in (NAME, PHONE, "phone"):
        assert secret not in listed.read_text()
    await town.database.close()

    town.clock.move(timedelta(days=30))
    restored = Town(Database(f"sqlite:///{copy}"), town.clock, town.programme)
    assert await traces(restored.database, [PHONE[1:]])
    assert await list_of(restored, listed).reconcile() == 1
    assert await traces(restored.database, ["ёжиков", PHONE[1:]]) == []
    assert (await restored.knows(anna)).status is ClientStatus.ERASED
    async with restored.database.read() as db:
        assert await audit.differences(db) == []
    assert await list_of(restored, listed).reconcile() == 0, "told twice is told once"
    assert len(listed.read_bytes().splitlines()) == 2
    await restored.database.close()


async def _fresh(file: Path) -> Database:
    database = Database(f"sqlite:///{file}")
    await migrate(database)
    return database


async def test_the_record_is_known_by_its_number_and_its_birth(town: Town, tmp_path: Path) -> None:
    anna = await town.knows(await town.person())
    listed = tmp_path / "list"
    other = anna.created_at - timedelta(microseconds=1)
    lines = [
        f'{{"record":{anna.id},"made":"{other.isoformat()}","erased":"{other.isoformat()}"}}',
        '{"record":4711,"made":"2027-01-01T00:00:00+00:00","erased":"2027-01-01T00:00:00+00:00"}',
        '{"record":1,"made":"2027-01-01T00:00',
        "no line of ours",
    ]
    listed.write_text("\n".join(lines))
    assert await list_of(town, listed).reconcile() == 0
    assert (await town.knows(anna.id)).status is ClientStatus.ACTIVE
    made = anna.created_at.isoformat()
    with listed.open("a") as file:
        file.write(f'\n{{"record":{anna.id},"made":"{made}","erased":"{made}"}}')
    assert await list_of(town, listed).reconcile() == 1
    assert (await town.knows(anna.id)).status is ClientStatus.ERASED


async def test_a_list_that_was_lost_is_written_anew(town: Town, tmp_path: Path) -> None:
    for _ in range(3):
        await erases(town, await town.person())
    listed = tmp_path / "list"
    await list_of(town, listed).reconcile()
    await list_of(town, listed).reconcile()
    assert len(listed.read_bytes().splitlines()) == 3


async def test_nobody_erased_leaves_no_file(town: Town, tmp_path: Path) -> None:
    await list_of(town, tmp_path / "list").reconcile()
    assert not (tmp_path / "list").exists()


async def test_a_list_that_cannot_be_written_is_tried_again(town: Town, tmp_path: Path) -> None:
    await erases(town, await town.person())
    folder = tmp_path / "away"
    erasure_list = list_of(town, folder / "list")
    await erasure_list.write_new()
    await erasure_list.write_new()
    await list_of(town, folder / "list").write_new()
    alert = ErasureListAlert("list", "No such file or directory")
    assert await town.notices_to(OWNER_ID) == [alert], "once a day, over restarts too"
    town.clock.move(timedelta(days=1))
    await erasure_list.write_new()
    assert await town.notices_to(OWNER_ID) == [alert] * 2
    folder.mkdir()
    await erasure_list.write_new()
    assert len((folder / "list").read_bytes().splitlines()) == 1


async def test_a_list_that_cannot_be_read_is_told_to_the_owners(town: Town, tmp_path: Path) -> None:
    (tmp_path / "list").mkdir()
    await list_of(town, tmp_path / "list").reconcile()
    assert await town.notices_to(OWNER_ID) == [ErasureListAlert("list", "Is a directory")]


async def test_rule_21_no_byte_of_a_person_is_left_in_the_files_of_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "svoi.db"
    town = Town(await _fresh(file), MovableClock(), load_programme(SERVICE_CENTRE))
    anna = await town.person(name=NAME, phone=PHONE)
    for name in (f"{NAME} {number}" for number in range(50)):
        async with town.tx() as tx:
            await clients.change(tx.db, anna, {"name": name})
    await erases(town, anna)
    await Forgetting(town.database, town.clock).newest()
    found = await asyncio.to_thread(_bytes_of, tmp_path)
    for secret in ("Ёжиков", PHONE[1:]):
        assert secret.encode() not in found
    await town.database.close()


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
