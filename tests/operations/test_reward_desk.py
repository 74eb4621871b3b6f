"""Handing rewards out, on both databases: a code is good for one, once."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from loyalty.amounts import AmountUnreadable, read_amount
from loyalty.programme import Programme
from operations.authority import NotAllowed
from operations.claim_codes import (
    CODE_CHARS,
    DIGITS,
    LETTERS,
    grouped_code,
    random_claim_code,
    read_claim_code,
)
from operations.desk import WhoUnreadable, read_who_alone
from operations.reward_claims import Cancelled, ClosedBefore
from operations.reward_desk import ClaimFound, ClaimOver, CodeUnknown, Handed, OwnClaim
from storage.database import Database
from storage.rewards import ClaimStatus
from storage.tables import audit_log, outbox
from tests.operations.reward_people import MUG, RING, Shelf, with_rewards


@pytest.fixture
def shelf(database: Database, programme: Programme) -> Shelf:
    return Shelf(database, with_rewards(programme))


async def actions(shelf: Shelf) -> list[str]:
    async with shelf.database.read() as db:
        query = select(audit_log.c.action).order_by(audit_log.c.id)
        return list((await db.execute(query)).scalars())


async def test_the_code_is_looked_up_and_handed_out_once(shelf: Shelf) -> None:
    alina, anna = await shelf.hires(1), await shelf.buyer(100)
    claim = await shelf.claims(anna)
    found = await shelf.looks_up(alina, grouped_code(claim.code).lower())
    assert isinstance(found, ClaimFound)
    assert (found.client.id, found.claim.name.of("ru")) == (anna, "Кружка")
    assert not found.is_other_client
    handed = await shelf.accepts(alina, claim.code)
    assert isinstance(handed, Handed)
    assert not handed.repeated
    assert (handed.claim.accepted_by, handed.claim.accepted_branch) == (1, "Центр")
    again = await shelf.looks_up(alina, claim.code)
    assert isinstance(again, Handed)
    assert (again.repeated, again.is_mine, again.staff_name) == (True, True, "Алина")
    assert await actions(shelf) == ["reward.claimed", "reward.previewed", "reward.accepted"]
    async with shelf.database.read() as db:
        told = (await db.execute(select(outbox.c.notice))).scalars().all()
    assert told == ["rewards/handed_over"]
    assert (await shelf.knows(anna)).balance == 0


async def test_rule_04_two_staff_accept_one_code_and_both_are_told_who_did(shelf: Shelf) -> None:
    team = [await shelf.hires(n, name=f"Сотрудник {n}") for n in range(1, 21)]
    anna = await shelf.buyer(100)
    claim = await shelf.claims(anna)
    outcomes = await asyncio.gather(*(shelf.accepts(one, claim.code) for one in team))
    handed = [outcome for outcome in outcomes if isinstance(outcome, Handed)]
    assert len(handed) == 20
    (winner,) = (outcome for outcome in handed if not outcome.repeated)
    assert {outcome.staff_name for outcome in handed} == {winner.staff_name}
    assert [outcome.is_mine for outcome in handed].count(True) == 1
    assert (await actions(shelf)).count("reward.accepted") == 1


async def test_accept_against_cancel_has_one_winner(
    database: Database, programme: Programme
) -> None:
    turns = 5
    shelf = Shelf(database, with_rewards(programme, rings=turns))  # whoever wins, none runs out
    alina = await shelf.hires(1)
    for turn in range(turns):
        anna = await shelf.buyer(500)
        claim = await shelf.claims(anna, RING)
        first = (shelf.accepts(alina, claim.code), shelf.cancels(anna, claim))
        outcomes = await asyncio.gather(*(first if turn % 2 else first[::-1]))
        accepted = any(isinstance(one, Handed) for one in outcomes)
        cancelled = any(isinstance(one, Cancelled) for one in outcomes)
        assert accepted != cancelled
        told = ClosedBefore if accepted else ClaimOver
        assert any(isinstance(one, told) for one in outcomes)
        assert (await shelf.knows(anna)).balance == (0 if accepted else 500)
        if accepted:
            await shelf.gives(anna, 1, key=f"spare:{turn}")
    assert await shelf.differences() == []


async def test_cancelled_lapsed_and_unknown_codes_are_told_apart(shelf: Shelf) -> None:
    alina, anna = await shelf.hires(1), await shelf.buyer(300)
    cancelled, late = await shelf.claims(anna), await shelf.claims(anna)
    await shelf.cancels(anna, cancelled)
    over = await shelf.looks_up(alina, cancelled.code)
    assert isinstance(over, ClaimOver)
    assert over.claim.status is ClaimStatus.CANCELLED
    shelf.now += timedelta(days=30)
    assert isinstance(await shelf.looks_up(alina, late.code), ClaimFound)
    shelf.now += timedelta(days=1)
    assert isinstance(await shelf.accepts(alina, late.code), ClaimOver)
    assert isinstance(await shelf.looks_up(alina, "K222222"), CodeUnknown)
    assert isinstance(await shelf.looks_up(alina, "%' OR 1=1"), CodeUnknown)
    assert (await actions(shelf)).count("reward.code_unknown") == 2


async def test_rule_22_nobody_hands_a_reward_to_themselves(shelf: Shelf) -> None:
    anna = await shelf.buyer(100)
    account = (await shelf.knows(anna)).telegram_id
    assert account is not None
    alina = await shelf.hires(account)
    claim = await shelf.claims(anna)
    assert await shelf.looks_up(alina, claim.code) == OwnClaim()
    assert await shelf.accepts(alina, claim.code) == OwnClaim()
    assert (await shelf.claim(claim.id)).is_open
    assert "reward.self_refused" in await actions(shelf)


async def test_who_does_not_work_here_hands_out_nothing(shelf: Shelf) -> None:
    anna, boris = await shelf.buyer(100), await shelf.buyer(0)
    claim = await shelf.claims(anna)
    account = (await shelf.knows(boris)).telegram_id
    assert account is not None
    with pytest.raises(NotAllowed):
        await shelf.accepts(await shelf.sender(account), claim.code)


async def test_another_client_s_code_is_pointed_out(shelf: Shelf) -> None:
    alina, anna, boris = await shelf.hires(1), await shelf.buyer(100), await shelf.buyer(0)
    claim = await shelf.claims(anna, MUG)
    for serving, is_other in ((boris, True), (anna, False), (None, False)):
        found = await shelf.looks_up(alina, claim.code, serving)
        assert isinstance(found, ClaimFound)
        assert found.is_other_client is is_other


@given(st.text(DIGITS + LETTERS, min_size=CODE_CHARS - 2, max_size=CODE_CHARS - 2))
def test_a_code_is_read_however_it_is_typed_and_is_nothing_else(middle: str) -> None:
    code = f"K{middle}7"
    shown = grouped_code(code)
    cyrillic = shown.translate(str.maketrans("AEKMTXY", "аекмтху"))
    for typed in (code, shown, shown.lower(), f" {code[:3]} {code[3:]} ", cyrillic):
        assert read_claim_code(typed) == code
    assert not set("01OI") & set(code)
    with pytest.raises(AmountUnreadable):
        read_amount(code, 2)


def test_codes_are_no_clients_and_words_are_no_codes(programme: Programme) -> None:
    for _ in range(200):
        with pytest.raises(WhoUnreadable):
            read_who_alone(random_claim_code(), programme)
    for typed in ("", "1234567", "89123456789", "1200", "ТЕХМАКЕТ", "ремонт 22", "K" * 40, "\x00"):
        assert read_claim_code(typed) is None
