"""Levels kept, lost and given, as it reads on a phone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from operations.senders import Role
from tests.flows.desk_scene import CARD, a_card, an_owner, anna_s_row, said, staff_at
from tests.flows.guests import town_of
from tests.flows.running import RunningBot
from tests.operations.visiting import visit

DAY = timedelta(days=1)
GOLD = 3_000_000  # kopecks


async def comes_to(svoi: RunningBot, day: date) -> None:
    svoi.clock.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    await svoi.settle()


@pytest.mark.parametrize(
    ("language_code", "warning", "missing", "lowered", "way"),
    [
        (
            "ru",
            "Анна, уровень «Золотой» — до 1 марта",
            "до 1 марта нужно ещё 30 000 ₽. Иначе уровень станет «Серебряный»",
            "Анна, теперь ваш уровень — «Серебряный»",
            "До уровня «Золотой» осталось 30 000 ₽",
        ),
        (
            "en",
            "Анна, your level Gold is safe until 1 March",
            "it takes another 30,000 ₽ before 1 March. Otherwise your level becomes Silver",
            "Анна, your level is now Silver",
            "To Gold: 30,000 ₽",
        ),
    ],
)
async def test_rule_12_a_warning_with_what_it_takes_then_the_review(
    svoi: RunningBot, language_code: str, warning: str, missing: str, lowered: str, way: str
) -> None:
    await comes_to(svoi, date(2026, 2, 20))
    anna = await a_card(svoi, language_code=language_code)
    row = await anna_s_row(svoi)
    async with town_of(svoi).tx() as tx:
        await visit(tx, row.id, GOLD)
    await comes_to(svoi, date(2027, 2, 14))
    assert all(warning not in said(message) for message in anna.messages)
    await comes_to(svoi, date(2027, 2, 15))
    assert warning in said(anna.last)
    assert missing in said(anna.last)
    await comes_to(svoi, date(2027, 3, 1))
    assert lowered in said(anna.last)
    assert way in said(anna.last)
    await anna.tap("🏆")
    await svoi.settle()
    assert "▶" in anna.last.text


async def test_an_owner_invites_to_vip_and_withdraws_it(svoi: RunningBot) -> None:
    anna, owner = await a_card(svoi), an_owner(svoi)
    await owner.send(f"/client {CARD}")
    await svoi.settle()
    await owner.tap("👑 Пригласить в VIP")
    await svoi.settle()
    assert "На какой срок пригласить?" in said(owner.last)
    await owner.tap("✅ 3 месяца")
    await svoi.settle()
    assert "VIP, до 1 мая включительно" in said(owner.last)
    invitation = said(anna.last)
    assert "Анна, приглашаем вас в «VIP»" in invitation
    assert "• обслуживание без очереди" in invitation
    assert "до 1 мая включительно" in invitation
    await anna.send("/tier")
    await svoi.settle()
    assert "▶ VIP — ваш уровень · по приглашению" in said(anna.last)
    assert "Ваше приглашение действует до 1 мая включительно" in said(anna.last)
    await owner.tap("👤 Карточка клиента")
    await svoi.settle()
    assert "VIP, до 1 мая" in said(owner.last)
    await owner.tap("👑 VIP: срок и отзыв")
    await svoi.settle()
    await owner.tap("🚫")
    await svoi.settle()
    await owner.tap("✅ Да, отозвать")
    await svoi.settle()
    assert "Анна теперь на уровне «Серебряный»" in said(owner.last)
    assert "Приглашение закончилось, теперь ваш уровень — «Серебряный»" in said(anna.last)
    assert await town_of(svoi).audited() == [
        "client.viewed",
        "client.level_given",
        "client.viewed",
        "client.level_withdrawn",
    ]


async def test_vip_in_english_with_no_end_and_its_end_of_another(svoi: RunningBot) -> None:
    anna, owner = await a_card(svoi, language_code="en"), an_owner(svoi, language_code="en")
    await owner.send(f"/client {CARD}")
    await svoi.settle()
    await owner.tap("👑 Invite to VIP")
    await svoi.settle()
    await owner.tap("✅ No end date")
    await svoi.settle()
    assert "It is yours with no end date." in said(anna.last)
    assert "• no waiting in line" in said(anna.last)
    await owner.tap("👤")
    await svoi.settle()
    await owner.tap("👑")
    await svoi.settle()
    await owner.tap("✅ Half a year")
    await svoi.settle()
    assert "you hold VIP through 1 August" in said(anna.last)
    await comes_to(svoi, date(2027, 7, 20))
    assert "Анна, your VIP lasts through 1 August" in said(anna.last)
    await comes_to(svoi, date(2027, 8, 2))
    assert "thank you for being with us in VIP" in said(anna.last)
    assert (await anna_s_row(svoi)).tier == "silver"


async def test_an_owner_may_think_better_of_it(svoi: RunningBot) -> None:
    await a_card(svoi)
    owner = an_owner(svoi)
    await owner.send(f"/client {CARD}")
    await svoi.settle()
    await owner.tap("👑")
    await svoi.settle()
    await owner.tap("❌")
    await svoi.settle()
    assert "Провести визит?" in said(owner.last)
    assert (await anna_s_row(svoi)).tier == "silver"


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
async def test_neither_staff_nor_managers_see_or_use_an_owner_s_button(
    svoi: RunningBot, role: Role
) -> None:
    await a_card(svoi)
    colleague, owner = await staff_at(svoi, role=role), an_owner(svoi)
    await colleague.send(f"/client {CARD}")
    await owner.send(f"/client {CARD}")
    await svoi.settle()
    assert "👑" not in str(colleague.last.buttons)
    row = await anna_s_row(svoi)
    for data in (f"vip:{row.id}:vip", f"vip_on:{row.id}:vip:no", f"vip_off:{row.id}:1"):
        await colleague.tap_data(data)
        await svoi.settle()
    assert (await anna_s_row(svoi)).tier == "silver"
    assert "client.level_given" not in await town_of(svoi).audited()


@pytest.mark.parametrize(
    ("language_code", "perk"), [("ru", "обслуживание без очереди"), ("en", "no waiting in line")]
)
async def test_perks_are_seen_at_the_desk(svoi: RunningBot, language_code: str, perk: str) -> None:
    await a_card(svoi, tier="gold")
    desk = await staff_at(svoi, language_code=language_code)
    await desk.send(f"/client {CARD}")
    await svoi.settle()
    assert f"⭐ {perk}" in said(desk.last)
    await desk.send(f"/visit {CARD} 1200")
    await svoi.settle()
    assert f"⭐ {perk}" in said(desk.last)
