"""What the desk refuses: oneself, strangers, the dismissed, the forged, groups."""

import pytest

from playground.people import NoSuchButton
from tests.flows.desk_scene import CARD, a_card, an_owner, anna_s_row, staff_at
from tests.flows.running import RunningBot


async def test_staff_cannot_serve_themselves(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi, telegram_id=alina.id)
    for command in (f"/visit {CARD} 100", f"/visit {CARD}"):
        await alina.send(command)
        await alina.hears("Это вы сами")
    await alina.send(f"/client {CARD}")
    heard = await alina.hears("Баланс")
    assert heard.buttons == []


async def test_a_client_and_a_stranger_find_no_such_command(svoi: RunningBot) -> None:
    anna = await a_card(svoi)
    await anna.send("/nothing")
    unknown = (await anna.hears()).text
    for command in ("/visit", f"/visit {CARD} 1", f"/client {CARD}", "/today", "/undo", "/guide"):
        await anna.send(command)
        assert (await anna.hears()).text == unknown
    await anna.send("/staff invite owner")
    assert (await anna.hears()).text == unknown


async def test_dismissed_staff_s_old_buttons_do_nothing(svoi: RunningBot) -> None:
    owner, alina = an_owner(svoi), await staff_at(svoi)
    await a_card(svoi)
    await alina.send(f"/visit {CARD} 1000")
    await svoi.settle()
    confirm = alina.last.buttons[0]
    await owner.send("/staff")
    await owner.tap("👤 Алина")
    await owner.tap("🚪")
    await owner.tap("✅")
    await owner.hears("доступ закрыт")
    await alina.hears("доступ")
    await alina.tap_button(confirm)
    await alina.sees_answer("больше не работает")
    assert (await anna_s_row(svoi)).visits == 0
    with pytest.raises(NoSuchButton):
        await owner.tap("👤 Алина", timeout_s=0.5)


async def test_hostile_and_endless_names_are_shown_as_written(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi, name='<a href="tg://user?id=1">' + "Ж" * 30)
    await alina.send(f"/visit {CARD} 1000 </b>")
    heard = await alina.hears("К оплате")
    assert '<a href="tg://user?id=1">' in heard.text
    assert "</b> · Центр" in heard.text
    await alina.tap("✅")
    await alina.hears("проведён")


async def test_a_forged_preview_is_refused(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await alina.send("/guide")
    await svoi.settle()
    await alina.tap_data("visit_confirm:999:")
    await alina.hears("визит не проведён")
    await alina.tap_data("visit_confirm:-1:0")
    await svoi.settle()
    assert len(alina.messages) == 1


async def test_in_a_group_nothing_is_answered(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    group = svoi.telegram.group("Смена", alina)
    await alina.send(f"/visit {CARD} 1000", place=group)
    await alina.send("/today", place=group)
    await svoi.settle()
    assert group.messages == []
