"""Confirming visits on both databases: terms, one winner, lapsing, self-service, twins."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from loyalty.programme import Programme
from operations.authority import NotAllowed
from operations.desk import ServiceTyped
from operations.senders import Role
from operations.transaction import Tx
from operations.visit_previews import (
    ClientGone,
    Preview,
    PreviewUnknown,
    SelfService,
    ask_branch_anew,
    preview_visit,
    put_previews_aside,
    repeat_preview,
)
from operations.visits import Anew, Booked, PreviewLapsed, PreviewRefused, ShownAnew, refuse_preview
from storage import audit, clients, ledger, staff, visit_previews
from storage.clients import ClientStatus
from storage.database import Database
from storage.ledger import EntryKind
from storage.tables import audit_log, outbox, visits
from tests.operations.desk_people import OWNER_ID, Desk


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


async def count_visits(desk: Desk) -> int:
    async with desk.database.read() as db:
        return int((await db.execute(select(func.count()).select_from(visits))).scalar_one())


async def actions(desk: Desk) -> list[str]:
    async with desk.database.read() as db:
        return list(
            (await db.execute(select(audit_log.c.action).order_by(audit_log.c.id))).scalars()
        )


async def notices(desk: Desk) -> list[str]:
    async with desk.database.read() as db:
        found = await db.execute(select(outbox.c.notice).order_by(outbox.c.id))
        return [name for name in found.scalars() if name is not None]


async def differences(desk: Desk) -> list[audit.Difference]:
    async with desk.database.read() as db:
        return await audit.differences(db)


async def test_a_visit_is_previewed_confirmed_and_told(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50, tier="gold")
    preview = await desk.previews(alina, anna, bill=120_000, service="repair")
    assert (preview.terms.discount, preview.terms.to_pay) == (3_600, 116_400)
    assert preview.branch == "Центр"
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)
    assert (booked.visit.points_earned, booked.balance, booked.staff_name) == (58, 58, "Алина")
    client = await desk.knows(anna)
    assert (client.balance, client.visits, client.last_visit_on) == (58, 1, booked.visit.on_day)
    async with desk.database.read() as db:
        entries = await ledger.of_visit(db, booked.visit.id)
    assert [(entry.kind, entry.key) for entry in entries] == [
        (EntryKind.VISIT, f"visit:{preview.id}")
    ]
    assert (await notices(desk))[0] == "visits/receipt"
    assert "visit.confirmed" in await actions(desk)
    assert not await differences(desk)


async def test_rule_04_a_repeated_tap_returns_the_stored_outcome(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    preview = await desk.previews(alina, anna)
    first = await desk.confirms(alina, preview.id)
    again = await desk.confirms(alina, preview.id)
    assert isinstance(first, Booked)
    assert isinstance(again, Booked)
    assert again.repeated
    assert (again.visit, again.balance) == (first.visit, first.balance)
    assert (await notices(desk)).count("visits/receipt") == 1


async def test_five_staff_confirm_one_preview_and_all_are_told_who_won(desk: Desk) -> None:
    team = [await desk.hires(n, name=f"Сотрудник {n}") for n in range(1, 6)]
    anna = await desk.client()
    preview = await desk.previews(team[0], anna)
    outcomes = await asyncio.gather(*(desk.confirms(one, preview.id) for one in team))
    booked = [outcome for outcome in outcomes if isinstance(outcome, Booked)]
    assert len(booked) == 5
    winners = [outcome for outcome in booked if not outcome.repeated]
    assert len(winners) == 1
    assert {outcome.staff_name for outcome in booked} == {winners[0].staff_name}
    assert [outcome.is_mine for outcome in booked].count(True) == 1
    assert await count_visits(desk) == 1
    assert not await differences(desk)


async def test_five_staff_with_previews_of_their_own_book_one_visit_until_they_insist(
    desk: Desk,
) -> None:
    team = [await desk.hires(n, name=f"Сотрудник {n}") for n in range(1, 6)]
    anna = await desk.client()
    shown = [await desk.previews(one, anna) for one in team]
    outcomes = await asyncio.gather(
        *(desk.confirms(one, preview.id) for one, preview in zip(team, shown, strict=True))
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Booked)]
    warned = [outcome for outcome in outcomes if isinstance(outcome, ShownAnew)]
    assert (len(winners), len(warned)) == (1, 4)
    assert {outcome.reason for outcome in warned} == {Anew.TWIN}
    twins = [outcome.preview.twin for outcome in warned]
    assert {twin.staff_name for twin in twins if twin} == {winners[0].staff_name}
    insists = team[outcomes.index(warned[0])]
    second = await desk.confirms(insists, warned[0].preview.id)
    assert isinstance(second, Booked)
    assert await count_visits(desk) == 2


async def test_a_twin_seen_in_the_preview_needs_no_second_look(desk: Desk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.client()
    first = await desk.books(alina, anna)
    preview = await desk.previews(boris, anna)
    assert preview.twin is not None
    assert (preview.twin.visit_id, preview.twin.staff_name) == (first.visit.id, "Алина")
    assert isinstance(await desk.confirms(boris, preview.id), Booked)
    desk.now += timedelta(minutes=3)
    assert (await desk.previews(boris, anna)).twin is None


async def test_confirm_against_refuse_has_one_winner(desk: Desk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.client()
    preview = await desk.previews(alina, anna)

    async def refuses() -> object:
        async with desk.database.write() as db:
            tx = Tx(db, desk.now, desk.programme)
            return await refuse_preview(tx, preview_id=preview.id, actor=boris)

    confirmed, refused = await asyncio.gather(desk.confirms(alina, preview.id), refuses())
    if await count_visits(desk):
        assert isinstance(confirmed, Booked)
        assert isinstance(refused, Booked)
        assert not refused.is_mine
    else:
        assert confirmed == refused == PreviewRefused()


async def test_terms_that_changed_are_shown_again_and_not_booked(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna)
    async with desk.database.write() as db:
        await clients.change(db, anna, {"tier": "gold"})
    outcome = await desk.confirms(alina, preview.id)
    assert isinstance(outcome, ShownAnew)
    assert outcome.reason is Anew.TERMS
    assert outcome.preview.terms.tier == "gold"
    assert await count_visits(desk) == 0
    # The first ✅ was tapped twice: nobody has seen the new terms yet.
    again = await desk.confirms(alina, preview.id)
    assert isinstance(again, ShownAnew)
    assert again.preview.id == outcome.preview.id
    booked = await desk.confirms(alina, outcome.preview.id)
    assert isinstance(booked, Booked)
    assert booked.visit.discount == 3_000
    late = await desk.confirms(alina, preview.id)
    assert isinstance(late, Booked)
    assert late.visit.id == booked.visit.id


async def test_a_programme_changed_meanwhile_is_a_change_of_terms(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna)
    points = replace(desk.programme.points, value=200)
    desk.programme = replace(desk.programme, points=points)
    assert isinstance(await desk.confirms(alina, preview.id), ShownAnew)


async def test_a_preview_lives_a_quarter_of_an_hour(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna)
    lapse = desk.now + timedelta(minutes=15)
    assert await desk.confirms(alina, preview.id, at=lapse) == PreviewLapsed(preview.id)
    assert await count_visits(desk) == 0
    in_time = await desk.confirms(alina, preview.id, at=lapse - timedelta(seconds=1))
    assert isinstance(in_time, Booked)
    # What stands is told long after, too.
    told = await desk.confirms(alina, preview.id, at=lapse + timedelta(days=1))
    assert isinstance(told, Booked)
    assert told.repeated


async def test_a_lapsed_preview_is_shown_anew_on_request(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna, bill=55_500, service="filter")
    desk.now += timedelta(minutes=20)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        anew = await repeat_preview(tx, actor=alina, preview_id=preview.id)
    assert isinstance(anew, Preview)
    assert (anew.terms.bill, anew.service) == (55_500, ServiceTyped(code="filter"))
    assert isinstance(await desk.confirms(alina, anew.id), Booked)


async def test_a_forged_preview_books_nothing(desk: Desk) -> None:
    alina = await desk.hires(1)
    assert await desk.confirms(alina, 12_345) == PreviewUnknown()


async def test_rule_22_staff_never_serve_themselves(desk: Desk) -> None:
    alina = await desk.hires(1)
    herself = await desk.client(telegram_id=1)
    async with desk.database.write() as db:
        outcome = await preview_visit(
            Tx(db, desk.now, desk.programme),
            actor=alina,
            client_id=herself,
            bill=100,
            service=ServiceTyped(),
        )
    assert outcome == SelfService()
    boris = await desk.hires(2)
    of_boris = await desk.previews(boris, herself)
    assert await desk.confirms(alina, of_boris.id) == SelfService()
    assert await count_visits(desk) == 0
    assert (await actions(desk)).count("visit.self_refused") == 2


async def test_rule_22_a_visit_names_who_confirmed_it_where_and_when(desk: Desk) -> None:
    """Who confirmed, not who looked first; where they work; on the business's own day."""
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис", branch="Вокзал")
    anna = await desk.client()
    preview = await desk.previews(alina, anna)
    at_night = desk.now + timedelta(hours=13)  # past midnight in Moscow, not yet in UTC
    desk.now = at_night
    shown = await desk.previews(boris, anna)
    assert isinstance(await desk.confirms(boris, preview.id), PreviewLapsed)
    booked = await desk.confirms(boris, shown.id)
    assert isinstance(booked, Booked)
    visit = booked.visit
    assert (visit.staff_id, visit.branch, visit.at) == (2, "Вокзал", at_night)
    assert visit.on_day == at_night.date() + timedelta(days=1)
    async with desk.database.read() as db:
        entries = await ledger.of_visit(db, visit.id)
        noted = await db.execute(select(audit_log).where(audit_log.c.action == "visit.confirmed"))
        assert [(row.actor_id, row.subject_id, row.at) for row in noted] == [
            (2, visit.id, at_night)
        ]
    assert {entry.actor_id for entry in entries} == {2}


async def test_dismissed_staff_cannot_confirm(desk: Desk) -> None:
    await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(await desk.sender(1), anna)
    async with desk.database.write() as db:
        member = await staff.working(db, 1)
        assert member is not None
        assert await staff.dismiss(db, member.id, desk.now)
    with pytest.raises(NotAllowed):
        await desk.confirms(await desk.sender(1), preview.id)
    assert await count_visits(desk) == 0


async def test_rule_06_an_excluded_service_is_a_visit_that_earns_nothing(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    preview = await desk.previews(alina, anna, service="certificate")
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)
    assert (booked.visit.points_earned, booked.visit.eligible, booked.balance) == (0, 0, 0)
    assert (await desk.knows(anna)).visits == 1


async def test_rule_12_the_visit_that_reaches_a_level_earns_at_the_one_held_before(
    desk: Desk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=3_000_000)
    assert (booked.visit.tier, booked.visit.discount) == ("silver", 0)
    assert booked.visit.points_earned == 1_500  # the step's 5 %, at no discount
    assert (await desk.knows(anna)).tier == "gold"


async def test_an_erased_client_is_gone_and_a_merged_one_is_found(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna, other = await desk.client(), await desk.client()
    preview = await desk.previews(alina, anna)
    async with desk.database.write() as db:
        values = {"status": ClientStatus.ARCHIVED, "merged_into_id": other}
        await clients.change(db, anna, values)
    assert await desk.confirms(alina, preview.id) == ClientGone()
    assert (await desk.previews(alina, anna)).client.id == other


async def test_who_works_in_all_branches_chooses_with_the_first_confirmation_of_the_day(
    desk: Desk,
) -> None:
    owner = await desk.sender(OWNER_ID)
    assert owner.role is Role.OWNER
    anna, ivan = await desk.client(), await desk.client()
    preview = await desk.previews(owner, anna)
    assert (preview.branch, preview.branches) == (None, ("Центр", "Вокзал"))
    unchosen = await desk.confirms(owner, preview.id)
    assert isinstance(unchosen, ShownAnew)
    assert unchosen.reason is Anew.BRANCH
    assert isinstance(await desk.confirms(owner, preview.id, branch=2), ShownAnew)
    booked = await desk.confirms(owner, preview.id, branch=1)
    assert isinstance(booked, Booked)
    assert (booked.visit.branch, booked.staff_name) == ("Вокзал", None)
    second = await desk.previews(owner, ivan)
    assert (second.branch, second.may_change_branch) == ("Вокзал", True)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        asked = await ask_branch_anew(tx, actor=owner, preview_id=second.id)
    assert isinstance(asked, Preview)
    assert asked.branch is None
    moved = await desk.confirms(owner, second.id, branch=0)
    assert isinstance(moved, Booked)
    assert moved.visit.branch == "Центр"
    desk.now += timedelta(days=1)
    assert (await desk.previews(owner, anna)).branch is None


async def test_staff_of_a_branch_cannot_leave_it(desk: Desk) -> None:
    alina = await desk.hires(1, branch="Вокзал")
    anna = await desk.client()
    preview = await desk.previews(alina, anna)
    assert (preview.branch, preview.may_change_branch) == ("Вокзал", False)
    booked = await desk.confirms(alina, preview.id, branch=0)
    assert isinstance(booked, Booked)
    assert booked.visit.branch == "Вокзал"


async def test_lapsed_previews_are_forgotten_and_booked_ones_kept(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.previews(alina, anna, bill=1_000)
    desk.now += timedelta(days=1)
    async with desk.database.write() as db:
        assert await visit_previews.forget(db, desk.now) == 1
        kept = booked.visit.preview_id
        assert kept is not None
        assert await visit_previews.by_id(db, kept) is not None


async def test_many_clients_at_once_are_all_served(desk: Desk) -> None:
    team = [await desk.hires(n) for n in range(1, 5)]
    guests = [await desk.client() for _ in team]
    previews = [await desk.previews(one, guest) for one, guest in zip(team, guests, strict=True)]
    outcomes = await asyncio.gather(
        *(desk.confirms(one, preview.id) for one, preview in zip(team, previews, strict=True))
    )
    assert all(isinstance(outcome, Booked) and not outcome.repeated for outcome in outcomes)
    assert not await differences(desk)


async def test_cancel_and_confirm_at_once_have_one_winner(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna)

    async def cancels() -> int:
        async with desk.database.write() as db:
            return await put_previews_aside(Tx(db, desk.now, desk.programme), actor=alina)

    tapped = [desk.confirms(alina, preview.id) for _ in range(10)]
    *outcomes, cancelled = await asyncio.gather(*tapped, cancels())
    booked = [outcome for outcome in outcomes if isinstance(outcome, Booked)]
    assert (cancelled == 1) is not bool(booked)
    assert await cancels() == 0
    assert (await desk.knows(anna)).visits == bool(booked)
