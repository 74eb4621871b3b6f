"""Words that would be commands to a careless database are words here, and shown as written."""

import pytest
from sqlalchemy import text

from tests.flows.desk_scene import an_owner, said, staff_at
from tests.flows.guests import town_of
from tests.flows.running import RunningBot

NAME = "'; DROP TABLE clients; --"
SERVICE = "x'); DELETE FROM visits; -- %s :p \\"
WORDS = "1' OR '1'='1'; UPDATE clients SET balance=9 --"


async def asks(svoi: RunningBot, query: str) -> object:
    async with svoi.app.database.read() as db:
        return (await db.execute(text(query))).scalar()


@pytest.mark.parametrize("language_code", ["ru", "en"])
async def test_names_and_words_with_sql_in_them_are_shown_literally(
    svoi: RunningBot, language_code: str
) -> None:
    owner = an_owner(svoi)
    alina = await staff_at(svoi, NAME)
    anna = svoi.telegram.person(NAME, language_code=language_code, phone="+79120000001")
    await anna.send("/start p_'%20OR%201=1")
    for key in ("✅", "✅", "✅"):
        await svoi.settle()
        await anna.tap(key)
    await anna.hears(NAME)
    await anna.send(WORDS)  # in place of the name
    await anna.hears(WORDS)
    await anna.send(f"/balance {NAME}")
    await anna.hears("100")

    await alina.send(f"/visit {anna.phone} 1000 {SERVICE}")
    shown = said(await alina.hears(WORDS))
    assert SERVICE in shown
    await alina.tap("✅")
    assert WORDS in said(await alina.hears("№ 1"))
    await anna.hears(SERVICE, ever=True)
    await alina.send(f"/client {WORDS}")
    await alina.hears()
    await alina.send("/today")
    assert SERVICE[:20] in said(await alina.hears("№ 1"))

    await anna.tap("❗")
    await anna.hears()
    await anna.send(WORDS)
    await anna.hears()
    assert WORDS in said(await owner.hears(WORDS, ever=True))
    await owner.send("/staff")
    await owner.hears(NAME)
    await svoi.settle()

    assert await asks(svoi, "SELECT count(*) FROM clients") == 1
    assert await asks(svoi, "SELECT count(*) FROM visits") == 1
    assert await asks(svoi, "SELECT name FROM clients") == WORDS
    assert len(await town_of(svoi).entries(1)) == 2
