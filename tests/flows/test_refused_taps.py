"""Taps on buttons that are somebody else's, or that one has no right to any more."""

import json

import pytest
from sqlalchemy import select

from operations.actors import A_STRANGER
from storage.tables import audit_log
from tests.flows.desk_scene import CARD, a_card, an_owner, anna_s_row, staff_at
from tests.flows.running import RunningBot


async def refused(svoi: RunningBot) -> list[tuple[int, str]]:
    """Who was refused which kind of button, the oldest first."""
    query = select(audit_log).where(audit_log.c.action == "tap.refused").order_by(audit_log.c.id)
    async with svoi.app.database.read() as db:
        return [(row.actor_id, json.loads(row.details)["kind"]) for row in await db.execute(query)]


async def test_a_dismissed_colleague_s_old_button_is_on_record(svoi: RunningBot) -> None:
    owner, alina = an_owner(svoi), await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await svoi.settle()
    confirm = alina.last.buttons[0]
    await owner.send("/staff")
    for label in ("👤 Алина", "🚪", "✅"):
        await owner.tap(label)
    await alina.hears("доступ")
    await alina.tap_button(confirm)
    await alina.sees_answer("больше не работает")
    assert (await anna_s_row(svoi)).visits == 0
    assert await refused(svoi) == [(alina.id, "visit_confirm")]


@pytest.mark.parametrize(
    "forged",
    [
        "visit_confirm:1:0",
        "visit_undo:1",
        "undo_visit:1",
        "staff_dismissed:1",
        "staff_invite:owner:",
        "case:1",
        "case_close:1",
        "case_gift:1:300",
        "case_moved:1",
    ],
)
async def test_a_client_who_forges_a_button_of_the_desk_is_on_record(
    svoi: RunningBot, forged: str
) -> None:
    anna = await a_card(svoi)
    await anna.send("/balance")
    await anna.hears()
    await anna.tap_data(forged)
    await anna.sees_answer("больше не работает")
    assert await refused(svoi) == [(-1, forged.split(":")[0])]  # by their record: rule 21


async def test_staff_who_forge_a_manager_s_button_are_on_record(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await alina.send("/guide")
    await alina.hears()
    await alina.tap_data("staff_dismissed:1")
    await alina.sees_answer("больше не работает")
    assert await refused(svoi) == [(alina.id, "staff_dismissed")]


async def test_a_stranger_s_tap_on_a_client_s_receipt_is_on_record(svoi: RunningBot) -> None:
    mallory = svoi.telegram.person("Мэллори")
    await mallory.send("/start")
    await mallory.hears()
    await mallory.tap_data("dispute:1")
    await mallory.sees_answer("больше не работает")
    assert await refused(svoi) == [(A_STRANGER, "dispute")]


@pytest.mark.parametrize("data", ["open:balance", "history:2", "profile_name", "junk", "case:x"])
async def test_one_s_own_screens_and_what_is_no_button_of_ours_are_not(
    svoi: RunningBot, data: str
) -> None:
    mallory = svoi.telegram.person("Мэллори")
    await mallory.send("/start")
    await mallory.hears()
    await mallory.tap_data(data)
    await mallory.sees_answer("больше не работает")
    assert await refused(svoi) == []
