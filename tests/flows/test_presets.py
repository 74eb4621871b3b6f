"""Every preset works as it comes: a client registers, comes, and sees what it brought."""

import re
from pathlib import Path

import pytest

from loyalty.programme import Programme, load_programme
from programmes import PRESETS
from storage import audit, clients
from tests.flows.guests import a_client
from tests.flows.running import OWNER_ID, RunningBot

PHONE = "+79120000001"


@pytest.fixture(params=PRESETS, ids=lambda file: file.stem)
def programme_file(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def programme(programme_file: Path) -> Programme:
    return load_programme(programme_file)


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_preset_is_played_through_from_the_first_word_to_the_second_visit(
    svoi: RunningBot, programme: Programme, language: str
) -> None:
    anna, client_id = await a_client(svoi, language_code=language, phone=PHONE)
    owner = svoi.telegram.person("Олег", id=OWNER_ID, language_code=language)
    for service in programme.services[:2]:
        await owner.send(f"/visit {PHONE} 1000 {service.code}")
        await svoi.settle()
        await owner.tap("✅")  # where the visit takes place is asked once: the first branch
        await svoi.settle()
    async with svoi.app.database.read() as db:
        client = await clients.by_id(db, client_id)
        assert await audit.differences(db) == []
    assert client is not None
    assert client.visits == 2
    for command in ("/balance", "/card", "/tier", "/badges", "/invite", "/history", "/help"):
        await anna.send(command)
        said = await anna.hears()
        assert said.words
        if command == "/balance":
            assert re.match(rf"(Баланс|Balance): {client.balance}\n", said.words), said.words
