"""Owners hear of what goes wrong with the bot, whichever way they became owners."""

import time

import pytest

from bot.alerts import Alerts
from loyalty.programme import load_programme
from operations.senders import Role
from programmes import SERVICE_CENTRE
from storage.database import Database
from templates.owner import ConflictAlert, PoisonAlert
from tests.databases import KINDS
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_an_owner_who_joined_by_an_invitation_hears_of_poison_and_conflicts_too(
    database: Database, clock: MovableClock
) -> None:
    programme = load_programme(SERVICE_CENTRE)
    town = Town(database, clock, programme)
    joined = await town.hires("Ольга", Role.OWNER)
    both = await town.hires("Олег", Role.OWNER, telegram_id=OWNER_ID)
    manager = await town.hires("Марк", Role.MANAGER)
    alerts = Alerts(
        database,
        clock,
        programme,
        {OWNER_ID},
        offer=[].extend,
        monotonic=time.monotonic,
    )
    async with town.tx() as tx:
        await alerts.poison(tx, 7, "KeyError")
    await alerts.conflict()
    for owner in (joined, both):
        assert await town.notices_to(owner) == [PoisonAlert(7, "KeyError"), ConflictAlert()]
    assert await town.notices_to(manager) == []
