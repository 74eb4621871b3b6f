"""Copies made while the bot writes, and the audit of them."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from bot.backup import BackupFailed, back_up
from bot.cli import app
from loyalty.programme import Programme, load_programme
from operations.ledger import EntryKind, grant, spend
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage import audit
from storage.database import Database
from tests.bot.lives import Rig, until
from tests.bot.processes import ran
from tests.databases import Postgres, is_sound
from tests.flows.running import MovableClock
from tests.operations.conftest import add_client

ROUNDS = 30
TOKEN = "123456:" + "A" * 35


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


class Business:
    """Clients whose points move all the time."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        self.database = database
        self._clock = clock
        self._programme = programme
        self.moved = 0

    def _tx(self, db: object) -> Tx:
        return Tx(db, self._clock.now(), self._programme)  # type: ignore[arg-type]

    async def moves(self) -> None:
        """Until it is cancelled."""
        async with self.database.write() as db:
            clients = [await add_client(self._tx(db)) for _ in range(5)]
        while True:
            for client_id in clients:
                self.moved += 1
                async with self.database.write() as db:
                    tx, key = self._tx(db), f"test:{self.moved}"
                    await grant(
                        tx, client_id, 30, kind=EntryKind.ACTION, key=key, valid_through=None
                    )
                    await spend(tx, client_id, 20, kind=EntryKind.REDEMPTION, key=f"{key}:spent")


async def differences(file: Path) -> list[audit.Difference]:
    database = Database(f"sqlite:///{file}")
    try:
        async with database.read() as db:
            return await audit.differences(db)
    finally:
        await database.close()


async def test_copies_made_during_writes_are_whole_and_balanced(
    rig: Rig, clock: MovableClock, tmp_path: Path, programme: Programme
) -> None:
    async with rig.store() as database:
        business = Business(database, clock, programme)
        moving = asyncio.ensure_future(business.moves())
        entries = []
        for number in range(ROUNDS):
            moved = business.moved
            while business.moved < moved + 3:
                assert not moving.done(), moving.exception()
                await asyncio.sleep(0.001)
            copy = tmp_path / f"copy-{number}.db"
            await back_up(rig.database_url, copy)
            assert is_sound(copy)
            assert await differences(copy) == []
            entries.append(_count(copy))
        moving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await moving
    assert entries == sorted(entries)
    assert entries[-1] > entries[0] > 0
    assert not [name for name in os.listdir(tmp_path) if "unfinished" in name]


def _count(file: Path) -> int:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM ledger_entries").fetchone()
    return int(number)


async def test_a_copy_does_not_begin_anew_with_every_commit(
    rig: Rig, clock: MovableClock, tmp_path: Path, programme: Programme
) -> None:
    """A large file and a busy bot: the copy is made all the same, and the bot is not stopped."""
    file = make_url(rig.database_url).database or ""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE ballast (body BLOB)")
        for _ in range(40):
            connection.execute("INSERT INTO ballast VALUES (zeroblob(1000000))")
        connection.commit()
    async with rig.store() as database:
        business = Business(database, clock, programme)
        moving = asyncio.ensure_future(business.moves())
        await until(lambda: business.moved >= 5)
        await back_up(rig.database_url, tmp_path / "copy.db")
        moving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await moving
    assert await differences(tmp_path / "copy.db") == []


async def test_a_copy_overwrites_nothing_and_says_what_is_wrong(rig: Rig, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.touch()
    nowhere = f"sqlite:///{tmp_path}/nowhere.db"
    (tmp_path / "not.db").write_text("no database" * 100)
    for url, target, words in (
        (rig.database_url, there, "exists already"),
        (rig.database_url, tmp_path / "no folder" / "copy.db", "does not exist"),
        (nowhere, tmp_path / "copy.db", "there is no database"),
        (f"sqlite:///{tmp_path}/not.db", tmp_path / "copy.db", "SQLite says"),
    ):
        with pytest.raises(BackupFailed, match=words):
            await back_up(url, target)
    assert not [name for name in os.listdir(tmp_path) if "copy" in name]
    assert there.stat().st_size == 0


def test_rule_21_who_makes_a_copy_reads_that_the_list_of_erasures_is_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, setting, shown in (
        ("one.db", "", "svoi.db.erasures"),
        ("two.db", "/srv/elsewhere", "/srv/elsewhere"),
    ):
        monkeypatch.setenv("SVOI_DATABASE_URL", "sqlite:///svoi.db")
        monkeypatch.setenv("SVOI_ERASURES_FILE", setting)
        with contextlib.closing(sqlite3.connect("svoi.db")) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS anything (it)")
        told = CliRunner().invoke(app, ["backup", name])
        assert told.exit_code == 0
        done, reminder = told.output.splitlines()
        assert done == f"{name}: done"
        assert f"Not in it: {shown}, " in reminder
        assert "whom to erase again" in reminder


async def test_rule_01_an_audit_ends_with_0_only_if_all_agree(
    rig: Rig, clock: MovableClock, tmp_path: Path, programme: Programme
) -> None:
    async with rig.store() as database, database.write() as db:
        tx = Tx(db, clock.now(), programme)
        client_id = await add_client(tx)
        await grant(tx, client_id, 50, kind=EntryKind.ACTION, key="test", valid_through=None)
    env = {"SVOI_DATABASE_URL": rig.database_url}
    whole = await ran("audit", env=env, cwd=tmp_path)
    assert (whole.code, whole.err) == (0, "")
    assert "1 clients" in whole.out
    async with rig.store() as database, database.write() as db:
        await db.exec_driver_sql("UPDATE clients SET balance = 51")
    falsified = await ran("audit", env=env, cwd=tmp_path)
    assert falsified.code == 1
    assert f"balance {client_id}: kept 51, recomputed 50" in falsified.out
    nothing = {"SVOI_DATABASE_URL": f"sqlite:///{tmp_path}/nowhere.db"}
    missing = await ran("audit", env=nothing, cwd=tmp_path)
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("SVOI_DATABASE_URL: there is no database")
    assert not (tmp_path / "nowhere.db").exists()


class TestPostgres:
    @pytest.fixture
    def database_kind(self) -> str:
        return "postgresql"

    async def test_the_dump_can_be_restored(
        self,
        rig: Rig,
        server: Postgres,
        tmp_path: Path,
        programme: Programme,
        clock: MovableClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with pytest.MonkeyPatch.context() as without:
            without.setenv("PATH", str(tmp_path))
            with pytest.raises(BackupFailed, match="not installed"):
                await back_up(rig.database_url, tmp_path / "copy.dump")
        tools = server.tools
        monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
        async with rig.store() as database, database.write() as db:
            tx = Tx(db, clock.now(), programme)
            client_id = await add_client(tx)
            await grant(tx, client_id, 50, kind=EntryKind.ACTION, key="test", valid_through=None)
        await back_up(rig.database_url, tmp_path / "copy.dump")
        name = await server.create(empty=True)
        restored = server.url(name)
        subprocess.run(  # noqa: ASYNC221
            [tools / "pg_restore", f"--dbname={restored}", tmp_path / "copy.dump"], check=True
        )
        copy = Database(restored)
        async with copy.read() as db:
            assert await audit.differences(db) == []
            assert (await audit.counts(db))["ledger_entries"] == 1
        await copy.close()
        await server.drop(name)
