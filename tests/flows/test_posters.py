"""/poster: an owner gets both files, a guest's scan is remembered with its branch."""

from operations.posters import branch_of_source, branch_source
from operations.senders import Role
from operations.transaction import Tx
from storage import people
from tests.flows.desk_scene import an_owner, staff_at
from tests.flows.guests import a_client
from tests.flows.running import RunningBot


async def test_an_owner_gets_a_picture_and_a_page_to_print(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    await owner.send("/poster")
    await svoi.settle()
    await owner.tap("📍 Вокзал")
    await svoi.settle()
    calls = svoi.telegram.calls.of("sendDocument", ok=True)
    assert len(calls) == 2
    assert any("Печатайте" in message.words for message in owner.messages)


async def test_who_came_by_the_poster_is_remembered_with_the_branch(svoi: RunningBot) -> None:
    code = branch_source("Вокзал").code
    guest = svoi.telegram.person("Анна", language_code="ru")
    await guest.send(f"/start p_{code}")
    await svoi.settle()
    async with svoi.app.database.read() as db:
        account = await people.account(db, guest.id, guest.id)
        tx = Tx(db, svoi.clock.now(), svoi.app.programme)
        assert account.source_code == code
        assert branch_of_source(tx, code) == "Вокзал"
        assert branch_of_source(tx, "nowhere") is None


async def test_nobody_but_an_owner_learns_of_it(svoi: RunningBot) -> None:
    manager = await staff_at(svoi, "Пётр", role=Role.MANAGER)
    client, _ = await a_client(svoi)
    for person in (manager, client):
        heard = []
        for text in ("/poster", "/nosuchcommand"):
            await person.send(text)
            await svoi.settle()
            heard.append((await person.hears()).words)
        assert heard[0] == heard[1]
