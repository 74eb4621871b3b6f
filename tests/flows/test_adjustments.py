"""/adjust as who leads types it, in both languages."""

import pytest

from operations.senders import Role
from tests.flows.guests import a_client, a_colleague
from tests.flows.running import RunningBot

PHONE = "+79120000001"


@pytest.mark.parametrize(("language", "balance"), [("ru", "Баланс: 200"), ("en", "Balance: 200")])
async def test_points_are_put_right_in_two_taps(
    svoi: RunningBot, language: str, balance: str
) -> None:
    anna, _ = await a_client(svoi, "Анна <b>", phone=PHONE, language_code=language)
    boris = await a_colleague(svoi, "Борис", Role.MANAGER, language_code=language)
    await boris.send(f"/adjust {PHONE} +100 за <i>ожидание</i>")
    question = (await boris.hears()).words
    assert "за <i>ожидание</i>" in question
    anna.forget()
    await boris.tap("✅")
    await svoi.settle()
    assert "за <i>ожидание</i>" in (await anna.hears()).words
    await anna.send("/balance")
    assert (await anna.hears()).words.startswith(balance)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        PHONE,
        f"{PHONE} много за ожидание",
        f"{PHONE} +100",
        f"{PHONE} -999 ошибка",
        f"{PHONE} 0 ой ой",
    ],
)
async def test_what_cannot_be_done_is_answered_and_changes_nothing(
    svoi: RunningBot, typed: str
) -> None:
    anna, _ = await a_client(svoi, "Анна", phone=PHONE)
    boris = await a_colleague(svoi, "Борис", Role.MANAGER)
    await boris.send(f"/adjust {typed}")
    assert not (await boris.hears()).labels
    await svoi.settle()
    await anna.send("/balance")
    assert (await anna.hears()).words.startswith("Баланс: 100")


async def test_staff_do_not_learn_that_there_is_such_a_command(svoi: RunningBot) -> None:
    alina = await a_colleague(svoi, "Алина", Role.STAFF)
    await alina.send("/no_such_command")
    unknown = (await alina.hears()).words
    await alina.send("/adjust 1 2 3")
    assert (await alina.hears()).words == unknown
