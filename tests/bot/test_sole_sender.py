"""Two processes on one database: each letter is sent once."""

import asyncio

import pytest

from bot.delivery.turn import SenderTaken
from playground.server import LocalTelegram
from storage.sole_sender import SoleSender
from tests.bot.lives import Rig, alive, post, said, settled, texts, until
from tests.databases import KINDS, Postgres


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_the_right_is_one_process_s_until_it_lets_go_or_dies(rig: Rig) -> None:
    async with rig.store() as one, rig.store() as other:
        first, second = SoleSender(one), SoleSender(other)
        assert await first.is_ours()
        assert await first.is_ours(), "it still is"
        assert not await second.is_ours()
        await first.resign()
        assert await second.is_ours()
        assert not await first.is_ours()
        await second.resign()
        await first.resign()


async def test_of_two_processes_one_sends_and_the_other_takes_over(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(30)]
    second = rig.app()
    async with alive(rig.app()) as first:
        await settled(first)
        standing_by = asyncio.ensure_future(second.delivery.run())
        telegram.faults.slow(0.05, method="sendMessage", times=200)
        for number in range(5):
            await post(first, [said(person, f"a{number}") for person in people])
            await post(second, [said(person, f"b{number}") for person in people])
        second.delivery.wake()
        await settled(first)
        await until(lambda: all(len(texts(person)) == 10 for person in people))
    # The first has stopped.
    await post(second, [said(person, "last") for person in people])
    await until(lambda: all("last" in texts(person) for person in people))
    second.delivery.stop()
    await standing_by
    assert telegram.calls.repeated() == []
    for person in people:
        assert sorted(texts(person)) == sorted(
            [f"{who}{number}" for number in range(5) for who in "ab"] + ["last"]
        )
    await second.telegram.close()
    await second.database.close()


class TestPostgres:
    @pytest.fixture
    def database_kind(self) -> str:
        return "postgresql"

    async def test_a_connection_that_is_cut_does_not_end_the_turn(
        self, rig: Rig, server: Postgres
    ) -> None:
        async with rig.store() as database:
            sole = SoleSender(database)
            assert await sole.is_ours()
            await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{database.url.database}'"
            )
            assert await sole.is_ours()
            await sole.resign()

    async def test_who_lost_the_turn_to_another_stops(
        self, rig: Rig, server: Postgres, telegram: LocalTelegram
    ) -> None:
        app = rig.app()
        running = asyncio.ensure_future(app.delivery.run())
        async with rig.store() as database:
            other = SoleSender(database)
            await until(lambda: app.delivery._turn._sole._connection is not None)
            while not await other.is_ours():
                await server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    f"WHERE datname = '{database.url.database}' AND application_name = 'svoi' "
                    "AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
                )
            with pytest.raises(ExceptionGroup) as stopped:
                await running
            await other.resign()
        assert stopped.value.subgroup(SenderTaken) is not None
        await app.telegram.close()
        await app.database.close()
