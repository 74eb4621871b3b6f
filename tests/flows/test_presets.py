"""Every preset works as it comes: a client registers, comes, and sees what it brought."""

import re
from pathlib import Path

import pytest

from loyalty.programme import Programme, load_programme
from loyalty.visits import visit_terms
from programmes import PRESETS
from tests.flows.guests import a_client
from tests.flows.running import OWNER_ID, RunningBot

BILL = 1_000_00
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
    anna, _ = await a_client(svoi, language_code=language, phone=PHONE)
    owner = svoi.telegram.person("Олег", id=OWNER_ID, language_code=language)
    balance = programme.points.welcome
    for service in programme.services[:2]:
        branch = programme.business.branches[0]
        await owner.send(f"/visit {PHONE} 1000 {service.code}")
        await svoi.settle()
        if len(programme.business.branches) > 1 and service is programme.services[0]:
            await owner.tap(branch)
        else:
            await owner.tap("✅")
        await svoi.settle()
        level = programme.tiers.levels[0]
        terms = visit_terms(programme, level, bill=BILL, service_code=service.code)
        balance += terms.points_earned if programme.points.pending_days == 0 else 0
    for command in ("/balance", "/card", "/tier", "/badges", "/invite", "/history", "/help"):
        await anna.send(command)
        said = await anna.hears()
        assert said.words
        if command == "/balance":
            assert re.match(rf"(Баланс|Balance): {balance}\n", said.words), said.words
