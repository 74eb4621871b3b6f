"""Rule 24: whatever moves a client's points, a receipt with the key to dispute it tells of it.

Every kind of entry has a scenario here: a new kind without one fails, and so does a posting whose
message has no key that opens a dispute about that very entry.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handlers.registration_screens import first_points
from handlers.rewards import _redeemed
from loyalty.programme import Programme
from loyalty.rewards import CLAIM_KEPT_DAYS
from operations import adjustments
from operations.actions import thank_for_birthday
from operations.birthdays import congratulate
from operations.card_lists import ListedCard
from operations.challenge_prizes import pay, write_places
from operations.disputes import AboutEntry, AboutVisit, Opened, open_dispute
from operations.due import Due
from operations.expiry import expire
from operations.importing import import_joining
from operations.ledger import grant
from operations.merging import Merged, merge_clients
from operations.referrals_taken_back import revoke_referral
from operations.registration import (
    ConsentKind,
    Consents,
    Newcomer,
    Registered,
    given,
    register_client,
)
from operations.remedies import ApologyGiven, give_apology
from operations.reward_claims import Cancelled, lapse
from operations.rewards import Redeemed
from operations.senders import Role
from operations.transaction import Tx
from operations.undo import undo_last
from operations.win_back import InvitedBack, invite_back
from storage import cases, challenge_ends, clients, ledger, people, referrals
from storage.challenge_ends import RankedPlace
from storage.database import Database
from storage.ledger import Entry, EntryKind
from storage.tables import ledger_entries, lots, outbox
from templates.contexts import load_context
from templates.disputes import DisputeEntry, DisputeVisit
from templates.keyboards import InlineKeyboard
from templates.labels import Labels
from templates.messages import Message
from templates.rewards import ClaimCancelled
from tests.operations.desk_people import OWNER_ID
from tests.operations.returning import ReturnDesk
from tests.operations.reward_people import MUG, Shelf, with_rewards
from tests.templates.business import words

ANNA, BORIS = 51, 60
Replies = list[Message]


class Scene(Shelf, ReturnDesk):
    """A desk at which everything can happen to points."""

    def tx(self, db: object) -> Tx:
        return Tx(db, self.now, self.programme)  # type: ignore[arg-type]


async def welcome(scene: Scene) -> Replies:
    async with scene.database.write() as db:
        await people.meet(db, ANNA, "ru", scene.now)
        newcomer = Newcomer(
            ANNA,
            "+79120000077",
            "Анна",
            "ru",
            Consents(given(ConsentKind.DATA, "data-1", scene.now), None),
        )
        registered = await register_client(scene.tx(db), newcomer)
    assert isinstance(registered, Registered)
    return [first_points(registered)]


async def visit(scene: Scene) -> Replies:
    await scene.books(await scene.hires(1), await scene.buyer(0))
    return []


async def referral(scene: Scene) -> Replies:
    referrer, friend = await scene.client(telegram_id=BORIS), await scene.buyer(0)
    async with scene.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=scene.now)
    booked = await scene.books(await scene.hires(1), friend)
    async with scene.database.write() as db:
        await revoke_referral(scene.tx(db), visit_id=booked.visit.id)
    return []


async def birthday(scene: Scene) -> Replies:
    day = scene.now.date()
    anna = await scene.buyer(
        0,
        birthday_day=day.day,
        birthday_month=day.month,
        birthday_told_on=day - timedelta(days=99),
    )
    async with scene.database.write() as db:
        await congratulate(scene.tx(db), Due(anna, str(day.year)))
    return []


async def win_back(scene: Scene) -> Replies:
    rules = scene.programme.win_back
    assert rules is not None
    scene.programme = replace(scene.programme, win_back=replace(rules, holdout_percent=0))
    long_ago = scene.now - timedelta(days=120)
    anna = await scene.buyer(
        0, advert_consent=True, registered_at=long_ago, registered_on=long_ago.date()
    )
    async with scene.database.write() as db:
        tx = scene.tx(db)
        assert isinstance(await invite_back(tx, Due(anna, tx.today.isoformat())), InvitedBack)
    return []


async def action(scene: Scene) -> Replies:
    anna = await scene.buyer(0)
    async with scene.database.write() as db:
        await thank_for_birthday(scene.tx(db), anna, 50)
    return []


async def prize(scene: Scene) -> Replies:
    anna = await scene.buyer(0)
    challenge = scene.programme.challenges[0]
    async with scene.database.write() as db:
        await challenge_ends.close(db, challenge.code, [RankedPlace(anna, 3, 1000)], scene.now)
        await write_places(scene.tx(db), [Due(1, challenge.code), Due(2, challenge.code)])
        await pay(scene.tx(db), Due(1, challenge.code))
    return []


async def apology(scene: Scene) -> Replies:
    anna, boss = await scene.buyer(0), await scene.sender(OWNER_ID)
    async with scene.database.write() as db:
        values = {"client_id": anna, "kind": cases.CaseKind.COMPLAINT, "opened_at": scene.now}
        case = await cases.add(db, values)
        outcome = await give_apology(scene.tx(db), actor=boss, case_id=case.id, points=50)
    assert isinstance(outcome, ApologyGiven)
    return []


async def redemption(scene: Scene) -> Replies:
    anna = await scene.buyer(0)
    await quietly(scene, anna, 500)
    await scene.books_with_points(await scene.hires(1), anna, 100_000, 100)
    return []


async def reward(scene: Scene) -> Replies:
    anna = await scene.buyer(0)
    await quietly(scene, anna, 500)
    told: Replies = []
    claims = []
    for _ in range(2):
        bought = await scene.redeems(anna, MUG)
        assert isinstance(bought, Redeemed)
        told.append(_redeemed(bought, "ru"))
        claims.append(bought.claim)
    cancelled = await scene.cancels(anna, claims[0])
    assert isinstance(cancelled, Cancelled)
    told.append(ClaimCancelled("", 100, cancelled.balance, cancelled.entry_id))
    scene.now += timedelta(days=CLAIM_KEPT_DAYS + 1)
    async with scene.database.write() as db:
        await lapse(scene.tx(db), Due(claims[1].id, "lapsed"))
    return told


async def undo(scene: Scene) -> Replies:
    anna, alina = await scene.buyer(0), await scene.hires(1)
    await quietly(scene, anna, 500)
    await scene.books_with_points(alina, anna, 100_000, 100)
    async with scene.database.write() as db:
        await undo_last(scene.tx(db), actor=alina)
    return []


async def returned(scene: Scene) -> Replies:
    anna = await scene.buyer(0)
    await quietly(scene, anna, 500)
    booked = await scene.books_with_points(await scene.hires(1), anna, 100_000, 100)
    boss = await scene.hires(2, "Борис", Role.MANAGER, None)
    await scene.returns(boss, booked.visit.id, 50_000)
    return []


async def expiry(scene: Scene) -> Replies:
    anna = await scene.buyer(0)
    await quietly(scene, anna, 500, days=10)
    async with scene.database.write() as db:
        warned = scene.now.date() + timedelta(days=9)
        await db.execute(update(lots).values(warned_ahead=1, warned_on=warned))
    scene.now += timedelta(days=12)
    async with scene.database.write() as db:
        await expire(scene.tx(db), [Due(anna, "")])
    return []


async def adjustment(scene: Scene) -> Replies:
    anna, boss = await scene.buyer(0), await scene.sender(OWNER_ID)
    for points in (70, -30):
        client = await scene.knows(anna)
        async with scene.database.write() as db:
            asked = await adjustments.ask_adjustment(
                scene.tx(db), actor=boss, client=client, points=points, reason="Счёт был другой"
            )
            assert isinstance(asked, adjustments.Asked)
            await adjustments.confirm_adjustment(
                scene.tx(db), actor=boss, adjustment_id=asked.adjustment_id
            )
    return []


async def transfer(scene: Scene) -> Replies:
    anna, other = await scene.buyer(0), await scene.client(registered_at=None)
    await quietly(scene, other, 500)
    boss = await scene.sender(OWNER_ID)
    async with scene.database.write() as db:
        merged = await merge_clients(scene.tx(db), actor=boss, survivor_id=anna, source_id=other)
    assert isinstance(merged, Merged)
    return []


async def imported(scene: Scene) -> Replies:
    await scene.buyer(0, phone="+79120000055")
    card = ListedCard(2, "+79120000055", None, None, balance=300, spend=0)
    async with scene.database.write() as db:
        assert await import_joining(scene.tx(db), card)
    return []


SCENARIOS: dict[EntryKind, Callable[[Scene], Awaitable[Replies]]] = {
    EntryKind.WELCOME: welcome,
    EntryKind.VISIT: visit,
    EntryKind.REFERRAL: referral,
    EntryKind.BIRTHDAY: birthday,
    EntryKind.WIN_BACK: win_back,
    EntryKind.ACTION: action,
    EntryKind.PRIZE: prize,
    EntryKind.APOLOGY: apology,
    EntryKind.REDEMPTION: redemption,
    EntryKind.REWARD: reward,
    EntryKind.UNDO: undo,
    EntryKind.RETURN: returned,
    EntryKind.EXPIRY: expiry,
    EntryKind.ADJUSTMENT: adjustment,
    EntryKind.TRANSFER: transfer,
    EntryKind.IMPORT: imported,
}
FAREWELL = {EntryKind.ERASURE}  # who is erased has read what goes, and nobody is left to tell
QUIET = "quiet"


async def quietly(scene: Scene, client_id: int, points: int, days: int | None = None) -> None:
    """Points to work with, which no test is about."""
    async with scene.database.write() as db:
        tx = scene.tx(db)
        until = None if days is None else tx.today + timedelta(days=days)
        kind, key = EntryKind.ADJUSTMENT, f"{QUIET}:{client_id}"
        await grant(tx, client_id, points, kind=kind, key=key, valid_through=until)


def test_rule_24_every_kind_of_entry_has_its_scenario() -> None:
    assert set(SCENARIOS) == set(EntryKind) - FAREWELL


@pytest.mark.parametrize("kind", SCENARIOS)
async def test_rule_24_every_posting_is_told_of_with_a_key_that_disputes_it(
    kind: EntryKind, database: Database, programme: Programme
) -> None:
    scene = Scene(database, with_rewards(programme))
    replies = await SCENARIOS[kind](scene)
    posted = await entries(scene)
    assert kind in {entry.kind for entry in posted}
    keys = disputes_in([*await notices(scene), *replies])
    for entry in posted:
        owner = await living(scene, entry.client_id)
        if owner is None:
            continue  # nobody to tell
        about = about_of(entry, keys)
        assert about is not None, f"no receipt of {entry.kind} {entry.amount}"
        client = await scene.sender(owner)
        async with database.write() as db:
            outcome = await open_dispute(scene.tx(db), actor=client, about=about, owner_ids=())
        assert isinstance(outcome, Opened), (entry, outcome)


async def entries(scene: Scene) -> list[Entry]:
    async with scene.database.read() as db:
        ids = (await db.execute(select(ledger_entries.c.id))).scalars()
        found = [await ledger.by_id(db, entry_id) for entry_id in ids]
    return [entry for entry in found if entry is not None and not entry.key.startswith(QUIET)]


async def notices(scene: Scene) -> list[Message]:
    async with scene.database.read() as db:
        query = select(outbox.c.notice, outbox.c.context).where(outbox.c.notice.is_not(None))
        return [load_context(row.notice, row.context) for row in await db.execute(query)]


async def living(scene: Scene, client_id: int) -> int | None:
    """The account that is told of this record's points; None: there is none."""
    async with scene.database.read() as db:
        client = await clients.by_id(db, client_id)
        assert client is not None
        if client.merged_into_id is not None:
            client = await clients.by_id(db, client.merged_into_id)
            assert client is not None
    return client.telegram_id


def disputes_in(messages: list[Message]) -> set[AboutVisit | AboutEntry]:
    labels = Labels(words("ru"))
    found: set[AboutVisit | AboutEntry] = set()
    for message in messages:
        keyboard = message.keyboard(labels)
        if not isinstance(keyboard, InlineKeyboard):
            continue
        for button in (button for row in keyboard.rows for button in row):
            if isinstance(button.action, DisputeVisit):
                found.add(AboutVisit(button.action.visit_id))
            elif isinstance(button.action, DisputeEntry):
                found.add(AboutEntry(button.action.entry_id))
    return found


def about_of(entry: Entry, keys: set[AboutVisit | AboutEntry]) -> AboutVisit | AboutEntry | None:
    """The key that disputes this entry: its own, its visit's, or of the other half of a pair."""
    ids = [entry.id, entry.id + 1] if entry.key.endswith(":out") else [entry.id]
    of_entry = next((AboutEntry(one) for one in ids if AboutEntry(one) in keys), None)
    if of_entry is not None:
        return of_entry
    told_by_visit = entry.kind in (
        EntryKind.VISIT,
        EntryKind.REDEMPTION,
        EntryKind.UNDO,
        EntryKind.RETURN,
    )
    if not told_by_visit or entry.visit_id is None:
        return None
    of_visit = AboutVisit(entry.visit_id)
    return of_visit if of_visit in keys else None
