"""A whole business by chance: whatever happens to it, the books are in order (rules 1 to 25).

`SVOI_MACHINE_EXAMPLES` plays more lives than the suite does, `SVOI_MACHINE_SEED` others; both are
printed when one fails, with the steps that lead there.
"""

import asyncio
import os
import random
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from loyalty.programme import Programme, load_programme
from programmes import SERVICE_CENTRE
from storage.database import Database
from tests.databases import Postgres
from tests.machine.life import life_of
from tests.machine.programme import machine_programme
from tests.machine.stories import STORIES, tell_stories
from tests.machine.world import World

EXAMPLES = 5  # and one that is told: see `stories`
SOAK_EXAMPLES = 300
STEPS = 30
SEED = 20270201
NAME = "svoi_life"

DURING = (Phase.explicit, Phase.generate, Phase.shrink)


class Worlds:
    """An empty database for each example: always the same address, so that statements that were
    compiled once stay so."""

    def __init__(
        self, runner: asyncio.Runner, folder: Path, template: Path, server: Postgres | None
    ) -> None:
        self._runner = runner
        self._file, self._template = folder / "life.db", template
        self._server = server
        self._programme: Programme = load_programme(SERVICE_CENTRE)
        url = f"sqlite:///{self._file}" if server is None else server.url(NAME)
        self._database = Database(url)

    def open(self, pending_days: int, lifetime_days: int, fate: int) -> World:
        programme = machine_programme(
            self._programme, pending_days=pending_days, lifetime_days=lifetime_days
        )
        self._runner.run(self._empty())
        return World(self._runner, self._database, programme, fate=fate)

    async def _empty(self) -> None:
        await self._database.close()
        if self._server is None:
            shutil.copy(self._template, self._file)
            return
        await self._server.drop(NAME)
        await self._server.create(name=NAME)

    def close(self) -> None:
        self._runner.run(self._database.close())


def play(examples: int, seed: int, folder: Path, template: Path, server: Postgres | None) -> None:
    with asyncio.Runner() as runner:
        worlds = Worlds(runner, folder, template, server)
        life = life_of(worlds.open, seed)
        wanted = settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            report_multiple_bugs=False,
            database=None,
            phases=DURING,
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(life, settings=wanted)
        finally:
            worlds.close()
            counts = ", ".join(f"{times} {what}" for what, times in life.happened.most_common())
            sys.stderr.write(f"\n{examples} lives from seed {seed}: {counts}\n")


def test_rule_01_whatever_happens_to_a_business_its_books_are_in_order(
    server: Postgres | None, tmp_path: Path, sqlite_template: Path
) -> None:
    examples = int(os.environ.get("SVOI_MACHINE_EXAMPLES", EXAMPLES))
    seed = int(os.environ.get("SVOI_MACHINE_SEED", SEED))
    play(examples, seed, tmp_path, sqlite_template, server)


def test_rule_01_every_kind_of_story_is_told_at_least_once(
    server: Postgres | None, tmp_path: Path, sqlite_template: Path
) -> None:
    """What few lives by chance might miss: one life that misses none of it."""
    with asyncio.Runner() as runner:
        worlds = Worlds(runner, tmp_path, sqlite_template, server)
        life = life_of(worlds.open, SEED)()
        try:
            tell_stories(life)
            missed = STORIES - {what for what, times in life.world.happened.items() if times}
            assert not missed
        finally:
            life.teardown()
            worlds.close()


@pytest.mark.soak
def test_rule_01_many_lives_of_a_business(
    server: Postgres | None, tmp_path: Path, sqlite_template: Path
) -> None:
    examples = int(os.environ.get("SVOI_MACHINE_EXAMPLES", SOAK_EXAMPLES))
    seed = int(os.environ.get("SVOI_MACHINE_SEED", random.randrange(10**9)))
    play(examples, seed, tmp_path, sqlite_template, server)
