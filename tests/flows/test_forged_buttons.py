"""Every button there is, forged: tapped by somebody whose it is not, with ids that do exist."""

from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from itertools import product
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import func, select

from bot.throttle import BURST_MAX
from playground.people import Person
from storage.tables import clients, inbox, ledger_entries, staff, visits
from templates.callbacks import Callback, all_callbacks
from templates.my_data import EraseMe
from tests.flows.desk_scene import CARD, a_card, an_owner, anna_s_row, said, staff_at
from tests.flows.guests import a_client
from tests.flows.running import RunningBot

SECRETS = ("Анна", CARD, "6789", "Уволить", "Одобрить счёт")
IDS = (1, 2)  # those of the shop below
OWN_ERASURE = EraseMe(2).pack()  # Mallory may: it is her record, the second one
TAPS_AT_ONCE = 20


def forged() -> Iterator[str]:
    """The data of each kind of button: with each id, and the first choice of everything else."""
    for kind in all_callbacks().values():
        yield from {made.pack() for made in _with_each_id(kind)}


def _with_each_id(kind: type[Callback]) -> Iterator[Callback]:
    hints = get_type_hints(kind)
    choices = [_choices(hints[field.name]) for field in fields(kind)]
    for number in IDS:
        for values in product(*choices):
            yield kind(*(number if value is int else value for value in values))


def _choices(hint: Any) -> tuple[Any, ...]:
    hint = next((kind for kind in get_args(hint) if kind is not NoneType), hint)
    if hint is int:
        return (int,)
    if hint is bool:
        return (True,)
    if issubclass(hint, StrEnum):
        return tuple(hint)
    return ("owner", "power_bank", "1")


async def a_busy_shop(svoi: RunningBot) -> None:
    """A visit, a preview, a case and an invitation, all of somebody else's."""
    owner, alina, anna = an_owner(svoi), await staff_at(svoi), await a_card(svoi, balance=0)
    for bill in ("1000", "2000"):
        await alina.send(f"/visit {CARD} {bill}")
        await svoi.settle()
        if bill == "1000":
            await alina.tap("✅")
            await svoi.settle()
    await anna.send("/feedback")
    await svoi.settle()
    await anna.tap("1")
    await svoi.settle()
    await anna.send("Плохо")
    await owner.send("/staff invite staff Центр")
    await svoi.settle()


async def taps_all(svoi: RunningBot, person: Person) -> str:
    """Every forged button in turn; all that the person reads meanwhile."""
    await person.send("/help")
    await svoi.settle()
    person.forget()
    everything = sorted({*forged()} - {OWN_ERASURE})
    assert len(everything) < BURST_MAX, "none is refused as too fast instead"
    for number, data in enumerate(everything):
        await person.tap_data(data)
        if number % TAPS_AT_ONCE == 0:
            await svoi.settle()
    await svoi.settle()
    return "\n".join(
        [*map(said, person.messages), *(answer.text or "" for answer in person.answers)]
    )


async def standing(svoi: RunningBot) -> list[object]:
    """What must not change: Anna, her visits, everybody's points and who works here."""
    anna = await anna_s_row(svoi)
    async with svoi.app.database.read() as db:
        counted = [
            (await db.execute(query)).all()
            for query in (
                select(func.count(), func.sum(ledger_entries.c.amount)),
                select(visits.c.id, visits.c.status),
                select(staff.c.telegram_id, staff.c.role, staff.c.dismissed_at),
                select(clients.c.id, clients.c.balance, clients.c.tier),
            )
        ]
    return [anna.balance, anna.visits, *counted]


async def none_is_parked(svoi: RunningBot) -> bool:
    async with svoi.app.database.read() as db:
        query = select(func.count()).where(inbox.c.status == "parked")
        return (await db.execute(query)).scalar_one() == 0


@pytest.mark.parametrize("who", ["stranger", "client"])
async def test_no_forged_button_moves_or_shows_anything_of_somebody_else(
    svoi: RunningBot, who: str
) -> None:
    await a_busy_shop(svoi)
    if who == "client":
        mallory, _ = await a_client(svoi, "Мэллори", phone="+79120000666")
    else:
        mallory = svoi.telegram.person("Мэллори")
    before = await standing(svoi)
    read = await taps_all(svoi, mallory)
    assert await standing(svoi) == before
    assert not [secret for secret in SECRETS if secret in read]
    assert await none_is_parked(svoi)
