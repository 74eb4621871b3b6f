"""/audit_log: owners read who did what; nobody else learns that there is such a command."""

import pytest

from operations.senders import Role
from tests.flows.guests import a_client, a_colleague
from tests.flows.running import OWNER_ID, RunningBot

PHONE = "+79120000001"
WORDS = {
    "ru": ("Журнал действий", "визит проведён", "Борис", "Анна"),
    "en": ("Audit log", "visit recorded", "Борис", "Анна"),
}


async def hears(svoi: RunningBot, person: object, text: str) -> str:
    await svoi.settle()
    await person.send(text)  # type: ignore[attr-defined]
    words: str = (await person.hears()).words  # type: ignore[attr-defined]
    await svoi.settle()
    return words


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_an_owner_reads_who_did_what_to_whose_account(
    svoi: RunningBot, language: str
) -> None:
    await a_client(svoi, "Анна", phone=PHONE)
    await a_client(svoi, "Вера", phone="+79120000002")
    boris = await a_colleague(svoi, "Борис", Role.MANAGER)
    owner = svoi.telegram.person("Олег", id=OWNER_ID, language_code=language)
    for phone in (PHONE, "+79120000002"):
        await boris.send(f"/visit {phone} 1000 repair")
        await svoi.settle()
        await boris.tap("✅")
        await svoi.settle()
    everything = await hears(svoi, owner, "/audit_log")
    assert all(word in everything for word in (*WORDS[language], "Вера"))
    of_anna = await hears(svoi, owner, f"/audit_log {PHONE}")
    assert "Анна" in of_anna
    assert "Вера" not in of_anna
    assert "1" in await hears(svoi, owner, "/audit_log nobody")


async def test_a_manager_is_answered_as_if_there_were_no_such_command(svoi: RunningBot) -> None:
    boris = await a_colleague(svoi, "Борис", Role.MANAGER)
    unknown = await hears(svoi, boris, "/no_such_command")
    assert await hears(svoi, boris, "/audit_log") == unknown


async def test_a_long_log_is_read_by_pages(svoi: RunningBot) -> None:
    await a_client(svoi, "Анна", phone=PHONE)
    owner = svoi.telegram.person("Олег", id=OWNER_ID)
    for _ in range(14):
        await hears(svoi, owner, f"/client {PHONE}")
    assert "Страница 1 из 2" in await hears(svoi, owner, "/audit_log")
    await owner.tap("Раньше")
    assert "Страница 2 из 2" in (await owner.hears()).words


async def test_what_an_undo_took_away_stands_there_with_a_minus(svoi: RunningBot) -> None:
    await a_client(svoi, "Анна", phone=PHONE)
    owner = svoi.telegram.person("Олег", id=OWNER_ID)
    await hears(svoi, owner, f"/visit {PHONE} 1000")
    await owner.tap("✅ Центр")
    await svoi.settle()
    await hears(svoi, owner, "/undo")
    read = (await hears(svoi, owner, "/audit_log")).replace("\u00a0", " ")
    undone, booked = read.index("−30 баллов"), read.index("+30 баллов")
    assert undone < booked
