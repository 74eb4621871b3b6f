"""Returns as staff type and tap them, and as the client reads of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from operations.senders import Role
from playground.people import Person
from playground.server import LocalTelegram
from programmes import SERVICE_CENTRE
from tests.flows.conftest import NO_LIMITS
from tests.flows.desk_scene import CARD, a_card, an_owner, anna_s_row, said, staff_at
from tests.flows.running import MovableClock, RunningBot, running, settings_for


async def books(svoi: RunningBot, who: Person, amount: str) -> None:
    await who.send(f"/visit {CARD} {amount}")
    await who.hears()
    await who.tap("✅")
    await svoi.settle()


async def asks(svoi: RunningBot, who: Person, text: str) -> str:
    await svoi.settle()
    await who.send(text)
    await svoi.settle()
    return said(who.messages[-1])


async def taps(svoi: RunningBot, who: Person, label: str) -> str:
    await svoi.settle()
    await who.tap(label)
    await svoi.settle()
    return said(who.messages[-1])


@pytest.mark.parametrize(
    ("language_code", "shown", "made", "told"),
    [
        (
            "ru",
            (
                "Анна",
                "Визит № 1",
                "Возвращаем: 300 ₽, от счёта останется 700 ₽",
                "−9 баллов",
                "Отдать деньгами: 300 ₽",
                "Баланс после: 21 балл",
            ),
            ("Возврат по визиту № 1 оформлен", "Отдайте деньгами: 300 ₽", "теперь 21"),
            ("Возврат по визиту № 1", "Вернули на 300 ₽", "осталось 700 ₽", "Баланс: 21 балл"),
        ),
        (
            "en",
            (
                "Анна",
                "Visit № 1",
                "To return: 300 ₽, 700 ₽ of the bill remain",
                "−9 points",
                "Give back in money: 300 ₽",
                "Balance after: 21 points",
            ),
            ("Return recorded: visit № 1", "Give back in money: 300 ₽", "now 21"),
            ("Return of visit № 1", "Returned: 300 ₽", "700 ₽ of the bill", "Balance: 21 points"),
        ),
    ],
)
async def test_a_part_is_shown_confirmed_and_told(
    svoi: RunningBot,
    language_code: str,
    shown: tuple[str, ...],
    made: tuple[str, ...],
    told: tuple[str, ...],
) -> None:
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    await books(svoi, alina, "1000")
    preview = await asks(svoi, alina, "/return № 1 300")
    assert all(words in preview for words in shown), preview
    outcome = await taps(svoi, alina, "✅")
    assert all(words in outcome for words in made), outcome
    receipt = anna.messages[-1]
    assert all(words in said(receipt) for words in told), said(receipt)
    assert [button.text[0] for button in receipt.buttons] == ["❗"]


async def test_five_taps_return_once(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await books(svoi, alina, "1000")
    await asks(svoi, alina, "/return 1 400")
    button = alina.messages[-1].buttons[0]
    for _ in range(5):
        await alina.tap_button(button)
    await svoi.settle()
    assert (await anna_s_row(svoi)).balance == 18
    assert sum("Возврат" in said(message) for message in anna.messages) == 1


async def test_step_by_step_with_mistakes_explained_on_the_way(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await books(svoi, alina, "1000")
    assert "Какой визит" in await asks(svoi, alina, "/return")
    assert "Не вижу номера" in await asks(svoi, alina, "чайник")
    assert "Весь счёт или часть" in await asks(svoi, alina, "№ 1")
    assert "не похоже на сумму" in await asks(svoi, alina, "1e9")
    assert "не похоже на сумму" in await asks(svoi, alina, "300 50")
    too_much = await asks(svoi, alina, "1 200")
    assert "осталось 1 000 ₽" in too_much
    assert "Возвращаем: 250 ₽" in await asks(svoi, alina, "250")
    assert "возврата не будет" in await taps(svoi, alina, "❌")
    assert (await anna_s_row(svoi)).balance == 30
    await asks(svoi, alina, "/return")
    assert "Весь счёт или часть" in await taps(svoi, alina, "↩️ № 1")
    assert "всё, что осталось" in await taps(svoi, alina, "↩️ Весь счёт")
    assert "оформлен" in await taps(svoi, alina, "✅")
    assert (await anna_s_row(svoi)).visits == 0
    assert "уже возвращён целиком" in await asks(svoi, alina, "/return 1")
    assert "Визита № 77 нет" in await asks(svoi, alina, "/return #77")
    await asks(svoi, alina, "/return")
    assert "№ 1" not in await taps(svoi, alina, "❌")


async def test_the_client_s_page_and_today_lead_to_a_return(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await books(svoi, alina, "1000")
    await asks(svoi, alina, f"/client {CARD}")
    assert "Весь счёт или часть" in await taps(svoi, alina, "↩️ Возврат № 1")
    await asks(svoi, alina, "400")
    await taps(svoi, alina, "✅")
    assert "№ 1 · 1 февраля · 1 000 ₽ · ↩️ возврат 400 ₽" in await asks(
        svoi, alina, f"/client {CARD}"
    )
    today = await asks(svoi, alina, "/today")
    assert "возврат 400 ₽" in today
    assert "Счета: 600 ₽" in today
    assert "Возвраты за день: 1, 400 ₽ по счетам, деньгами 400 ₽" in today
    assert "Какой визит" in await taps(svoi, alina, "↩️ Возврат")


async def test_rule_25_after_the_window_an_undo_leads_to_a_return(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    await books(svoi, alina, "1000")
    await svoi.passes(timedelta(hours=1))
    assert "Теперь это возврат" in await asks(svoi, alina, "/undo")
    assert "Весь счёт или часть" in await taps(svoi, alina, "↩️")


async def test_who_may_not_is_told_whom_to_ask_and_clients_know_no_such_command(
    svoi: RunningBot,
) -> None:
    alina = await staff_at(svoi)
    boris = await staff_at(svoi, "Борис", branch="Вокзал")
    manager = await staff_at(svoi, "Марина", role=Role.MANAGER)
    anna = await a_card(svoi)
    await books(svoi, alina, "1000")
    assert "в другом филиале" in await asks(svoi, boris, "/return 1")
    await svoi.passes(timedelta(days=31))
    assert "больше 30 дней" in await asks(svoi, alina, "/return 1")
    assert "Возвращаем: 1 000 ₽" in await asks(svoi, manager, "/return 1")
    assert "Возвращаем: 1 000 ₽" in await asks(svoi, an_owner(svoi), "/return 1")
    assert await asks(svoi, anna, "/return 1") == await asks(svoi, anna, "/nonsense")


async def test_the_history_tells_of_visit_and_return(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    anna = await a_card(svoi)
    await books(svoi, alina, "1000")
    await asks(svoi, alina, "/return 1 300")
    await taps(svoi, alina, "✅")
    history = await asks(svoi, anna, "/history")
    assert "−9 баллов — возврат по визиту № 1" in history
    assert "1 000 ₽ · +30 баллов\nВозвращено 300 ₽" in history


@pytest.fixture
async def patient(
    telegram: LocalTelegram, database_url: str, clock: MovableClock, tmp_path: Path
) -> AsyncIterator[RunningBot]:
    """The same business, whose points rest for two weeks."""
    text = SERVICE_CENTRE.read_text(encoding="utf-8")
    assert "pending_days = 0" in text
    folder = tmp_path / "programme"
    folder.mkdir()
    for file in SERVICE_CENTRE.parent.glob("*.txt"):
        (folder / file.name).write_bytes(file.read_bytes())
    file = folder / "patient.toml"
    file.write_text(text.replace("pending_days = 0", "pending_days = 14"), encoding="utf-8")
    app = App(settings_for(telegram, database_url, programme=file), clock, limits=NO_LIMITS)
    async with running(app, telegram, clock) as svoi:
        yield svoi


@pytest.mark.parametrize(
    ("language_code", "said_at_once", "card", "announced"),
    [
        (
            "ru",
            "+30 баллов будут на карте 15 февраля",
            "Ожидаются: 30 баллов, ближайшие 15 февраля",
            "+30 баллов за визит № 1 — теперь на карте",
        ),
        (
            "en",
            "+30 points on your card on 15 February",
            "On their way: 30 points, the next on 15 February",
            "+30 points for visit № 1 are on your card now",
        ),
    ],
)
async def test_rule_10_points_rest_are_shown_and_announced(
    patient: RunningBot, language_code: str, said_at_once: str, card: str, announced: str
) -> None:
    svoi = patient
    alina = await staff_at(svoi, language_code=language_code)
    anna = await a_card(svoi, language_code=language_code)
    await books(svoi, alina, "1000")
    assert any(said_at_once in said(message) for message in anna.messages)
    zero = "Баланс: 0\n" if language_code == "ru" else "Balance: 0\n"
    assert (await asks(svoi, anna, "/balance")).startswith(zero)
    assert card in await asks(svoi, anna, "/card")
    await svoi.passes(timedelta(days=14))
    assert any(announced in said(message) for message in anna.messages)
    assert (await anna_s_row(svoi)).balance == 30
