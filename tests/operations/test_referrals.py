"""Rule 14: what a friend's visit earns both, when, and when it is taken back."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from loyalty.referrals import ReferralState
from operations.client_card import show_history
from operations.ledger import EntryKind, spend
from operations.referral_link import first_name, share_text, show_invite
from operations.referral_parties import NOTHING_DUE, ReferralOutcome
from operations.referrals import attribute_referral
from operations.referrals_taken_back import revoke_referral
from operations.standing import TierReason
from operations.transaction import Tx
from storage import audit, badges, clients, referrals
from storage.clients import Client
from storage.database import Database
from storage.tables import outbox
from templates.client import HistoryKind
from templates.contexts import load_context
from templates.messages import Message
from templates.referrals import (
    FriendBonus,
    FriendCame,
    FriendState,
    Invite,
    NoInvitations,
    RewardTakenBack,
)
from tests.operations.newcomers import Town
from tests.operations.visiting import undo, visit
from tests.records import next_expiries

REFERRER = 7_200_000_000
ENOUGH = 50_000  # the qualifying bill, in kopecks


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, programme)


async def bring(town: Town, referrer: Client, number: int, name: str = "Вера Ли") -> Client:
    """A friend who opened the referrer's link and registered."""
    assert referrer.referral_code
    await town.opens(REFERRER + number, referrer.referral_code)
    return await town.new_client(REFERRER + number, first_name=name)


async def balance(town: Town, client: Client) -> int:
    found = await town.do(lambda tx: clients.by_id(tx.db, client.id))
    assert found is not None
    return found.balance


async def notices(town: Town, client: Client) -> list[Message]:
    """What waits to be sent to this client, oldest first, whichever entry it names."""
    async with town.database.read() as db:
        query = select(outbox.c.notice, outbox.c.context).where(outbox.c.client_id == client.id)
        rows = (await db.execute(query.order_by(outbox.c.id))).all()
    found = [load_context(row.notice, row.context) for row in rows]
    return [replace(one, entry_id=0) if hasattr(one, "entry_id") else one for one in found]


async def test_both_are_paid_at_the_first_visit_that_qualifies(town: Town) -> None:
    boris = await town.new_client(REFERRER, first_name="Борис Иванов")
    vera = await bring(town, boris, 1)
    small = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH - 1)))[2]
    assert small == NOTHING_DUE
    due = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[2]
    assert due == ReferralOutcome(ReferralState.REWARDED, 150, 300, boris.id)
    later = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH * 10)))[2]
    assert later == NOTHING_DUE
    assert (await balance(town, vera), await balance(town, boris)) == (100 + 150, 100 + 300)
    lots = await town.do(lambda tx: next_expiries(tx.db, boris.id, limit=5))
    assert {str(lot.valid_through) for lot in lots} == {"2028-02-01"}
    assert await town.do(lambda tx: audit.differences(tx.db)) == []


async def test_both_are_told_and_learn_a_first_name_no_more(town: Town) -> None:
    boris = await town.new_client(REFERRER, first_name="Борис Иванов")
    vera = await bring(town, boris, 1, name="Вера Ли")
    await town.do(lambda tx: visit(tx, vera.id, ENOUGH))
    assert FriendBonus(points=150, referrer="Борис") in await notices(town, vera)
    told = FriendCame(friend="Вера", points=300, capped=False, monthly_cap=10)
    assert told in await notices(town, boris)


async def test_who_came_by_nobody_s_link_earns_nobody_anything(town: Town) -> None:
    anna = await town.new_client(REFERRER)
    assert (await town.do(lambda tx: visit(tx, anna.id, ENOUGH)))[2] == NOTHING_DUE


async def test_the_cap_limits_the_referrer_and_the_friend_is_always_paid(
    database: Database, programme: Programme
) -> None:
    assert programme.referral is not None
    town = Town(database, replace(programme, referral=replace(programme.referral, monthly_cap=2)))
    boris = await town.new_client(REFERRER)
    friends = [await bring(town, boris, number) for number in range(1, 5)]
    outcomes = []
    for friend in friends[:3]:
        outcomes.append((await town.do(lambda tx, f=friend: visit(tx, f.id, ENOUGH)))[2])
    assert [outcome.referrer_points for outcome in outcomes] == [300, 300, 0]
    assert [outcome.friend_points for outcome in outcomes] == [150, 150, 150]
    assert outcomes[2].state is ReferralState.CAPPED
    capped = FriendCame(
        friend="Вера", points=0, capped=True, monthly_cap=2, resumes_on=date(2027, 3, 1)
    )
    assert capped in await notices(town, boris)
    # The month turns in the business's zone: 21:00 UTC on the last of February is March in Moscow.
    town.now = datetime(2027, 2, 28, 21, 0, tzinfo=UTC)
    march = (await town.do(lambda tx: visit(tx, friends[3].id, ENOUGH)))[2]
    assert march.referrer_points == 300


async def test_rule_14_the_last_reward_under_the_cap_goes_to_one_of_two_at_once(
    database: Database, programme: Programme
) -> None:
    assert programme.referral is not None
    town = Town(database, replace(programme, referral=replace(programme.referral, monthly_cap=1)))
    boris = await town.new_client(REFERRER)
    friends = [await bring(town, boris, number) for number in range(1, 6)]
    await asyncio.gather(*(town.do(lambda tx, f=f: visit(tx, f.id, ENOUGH)) for f in friends))
    assert await balance(town, boris) == 100 + 300
    assert [await balance(town, friend) for friend in friends] == [250] * 5


async def test_rule_14_two_visits_of_one_friend_at_once_earn_one_reward(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    await asyncio.gather(*(town.do(lambda tx: visit(tx, vera.id, ENOUGH)) for _ in range(4)))
    assert (await balance(town, vera), await balance(town, boris)) == (250, 400)


async def test_an_undone_visit_takes_both_rewards_back_and_another_earns_them_again(
    town: Town,
) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    visit_id = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[0]
    taken = (await town.do(lambda tx: undo(tx, visit_id)))[1]
    assert taken == ReferralOutcome(ReferralState.TAKEN_BACK, 150, 300, boris.id)
    assert (await balance(town, vera), await balance(town, boris)) == (100, 100)
    told = RewardTakenBack(
        points=300, as_friend=False, balance=100, qualifying_bill=ENOUGH, friend="Вера"
    )
    assert told in await notices(town, boris)
    told = RewardTakenBack(points=150, as_friend=True, balance=100, qualifying_bill=ENOUGH)
    assert told in await notices(town, vera)
    await town.do(lambda tx: visit(tx, vera.id, ENOUGH))
    assert (await balance(town, vera), await balance(town, boris)) == (250, 400)
    assert await town.do(lambda tx: audit.differences(tx.db)) == []


async def test_a_reward_that_was_taken_back_makes_room_under_the_cap(
    database: Database, programme: Programme
) -> None:
    assert programme.referral is not None
    town = Town(database, replace(programme, referral=replace(programme.referral, monthly_cap=1)))
    boris = await town.new_client(REFERRER)
    first, second = [await bring(town, boris, number) for number in (1, 2)]
    visit_id = (await town.do(lambda tx: visit(tx, first.id, ENOUGH)))[0]
    await town.do(lambda tx: undo(tx, visit_id))
    outcome = (await town.do(lambda tx: visit(tx, second.id, ENOUGH)))[2]
    assert outcome.state is ReferralState.REWARDED


async def test_points_that_were_spent_meanwhile_leave_the_referrer_below_zero(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    visit_id = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[0]
    await town.do(lambda tx: spend(tx, boris.id, 350, kind=EntryKind.REWARD, key="a reward"))
    await town.do(lambda tx: undo(tx, visit_id))
    assert await balance(town, boris) == -250
    assert await town.do(lambda tx: audit.differences(tx.db)) == []


async def test_an_undo_of_a_visit_that_earned_no_reward_takes_none_back(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    await town.do(lambda tx: visit(tx, vera.id, ENOUGH))
    other = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[0]
    assert (await town.do(lambda tx: undo(tx, other)))[1] == NOTHING_DUE
    assert await balance(town, boris) == 400


async def test_a_return_that_leaves_enough_of_the_bill_leaves_the_reward(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    visit_id = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH * 2)))[0]

    async def returned(tx: Tx, left: int) -> ReferralOutcome:
        return await revoke_referral(
            tx, visit_id=visit_id, bill_left=left, reason=TierReason.RETURN
        )

    assert await town.do(lambda tx: returned(tx, ENOUGH)) == NOTHING_DUE
    gone = await town.do(lambda tx: returned(tx, ENOUGH - 1))
    assert gone.state is ReferralState.TAKEN_BACK
    assert await town.do(lambda tx: returned(tx, ENOUGH - 1)) == NOTHING_DUE


async def test_an_erased_referrer_gets_nothing_and_the_friend_does(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    erased = {"status": "erased", "telegram_id": None, "phone": None, "name": None}
    await town.do(lambda tx: clients.change(tx.db, boris.id, erased))
    outcome = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[2]
    assert (outcome.friend_points, outcome.referrer_points) == (150, 0)
    assert await balance(town, boris) == 100


async def test_a_merged_referrer_is_rewarded_on_the_record_that_is_left(town: Town) -> None:
    boris, kept = await town.new_client(REFERRER), await town.new_client(REFERRER + 50)
    vera = await bring(town, boris, 1)
    merged = {"status": "archived", "merged_into_id": kept.id, "telegram_id": None, "phone": None}
    await town.do(lambda tx: clients.change(tx.db, boris.id, merged))
    await town.do(lambda tx: visit(tx, vera.id, ENOUGH))
    assert (await balance(town, boris), await balance(town, kept)) == (100, 400)


async def test_three_friends_make_an_ambassador_and_a_return_unmakes_one(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    visits = []
    for number in (1, 2, 3):
        friend = await bring(town, boris, number)
        visits.append((await town.do(lambda tx, f=friend: visit(tx, f.id, ENOUGH)))[0])
    held = await town.do(lambda tx: badges.held(tx.db, boris.id))
    assert [(grant.badge, grant.visit_id) for grant in held] == [("ambassador", visits[2])]
    await town.do(lambda tx: undo(tx, visits[2]))
    assert await town.do(lambda tx: badges.held(tx.db, boris.id)) == ()


async def test_the_invitation_tells_what_came_of_it_and_no_surname(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1, name="Вера Ли")
    town.now += timedelta(minutes=1)
    await bring(town, boris, 2, name="Глеб")
    await town.do(lambda tx: visit(tx, vera.id, ENOUGH))
    shown = await town.do(lambda tx: show_invite(tx, boris, "svoi_bot", "Советую: 150 & больше"))
    assert isinstance(shown, Invite)
    assert shown.link == f"https://t.me/svoi_bot?start=r_{boris.referral_code}"
    assert shown.share_link.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fsvoi_bot")
    assert "%26%20" in shown.share_link
    assert (shown.waiting, shown.rewarded) == (1, 1)
    assert [(friend.name, friend.came) for friend in shown.friends] == [
        ("Глеб", False),
        ("Вера", True),
    ]


async def test_a_programme_without_referrals_invites_nobody(
    database: Database, programme: Programme
) -> None:
    town = Town(database, replace(programme, referral=None))
    boris = await town.new_client(REFERRER)
    shown = await town.do(lambda tx: show_invite(tx, boris, "svoi_bot", ""))
    assert shown == NoInvitations()
    assert share_text(town.programme).friend_points == 0


async def test_a_client_without_a_name_has_no_first_name(town: Town) -> None:
    nameless = await town.new_client(REFERRER, first_name="\u200b")
    assert first_name(nameless) is None


async def test_the_counts_are_over_the_referrer_s_own_friends(town: Town) -> None:
    boris, gleb = await town.new_client(REFERRER), await town.new_client(REFERRER + 90)
    await bring(town, boris, 1)
    assert await town.do(lambda tx: referrals.counts(tx.db, gleb.id)) == {}


async def test_the_history_names_no_visit_of_somebody_else(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    visit_id = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[0]
    for client, seen in ((boris, {None}), (vera, {None, visit_id})):
        shown = await town.do(lambda tx, c=client: show_history(tx, c, "ru", 1))
        assert HistoryKind.REFERRAL in {line.kind for line in shown.lines}
        assert {line.visit_id for line in shown.lines} == seen


async def test_rule_14_what_is_still_missing_of_each_friend_is_told(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    friends = []
    for number, name in enumerate(("Вера Ли", "Глеб", "Дина"), 1):
        town.now += timedelta(minutes=1)
        friends.append(await bring(town, boris, number, name=name))
    assert boris.referral_code is not None
    await town.opens(REFERRER + 9, boris.referral_code)  # and does not register
    returned = (await town.do(lambda tx: visit(tx, friends[1].id, ENOUGH)))[0]
    await town.do(lambda tx: undo(tx, returned))
    await town.do(lambda tx: visit(tx, friends[2].id, ENOUGH))
    shown = await town.do(lambda tx: show_invite(tx, boris, "svoi_bot", ""))
    assert isinstance(shown, Invite)
    assert [(friend.name, friend.state) for friend in shown.friends] == [
        ("Дина", FriendState.REWARDED),
        ("Глеб", FriendState.TAKEN_BACK),
        ("Вера", FriendState.WAITING),
    ]
    assert (shown.opened, shown.rewarded_this_month, shown.resumes_on) == (1, 1, None)


async def test_rule_14_the_cap_s_month_is_told(database: Database, programme: Programme) -> None:
    assert programme.referral is not None
    town = Town(database, replace(programme, referral=replace(programme.referral, monthly_cap=1)))
    town.now = datetime(2027, 12, 31, 12, 0, tzinfo=UTC)
    boris = await town.new_client(REFERRER)
    friends = [await bring(town, boris, number) for number in (1, 2)]
    for friend in friends:
        await town.do(lambda tx, f=friend: visit(tx, f.id, ENOUGH))
    shown = await town.do(lambda tx: show_invite(tx, boris, "svoi_bot", ""))
    assert isinstance(shown, Invite)
    assert (shown.rewarded_this_month, shown.resumes_on) == (1, date(2028, 1, 1))
    assert {friend.state for friend in shown.friends} == {
        FriendState.REWARDED,
        FriendState.CAPPED,
    }
    town.now += timedelta(days=1)
    shown = await town.do(lambda tx: show_invite(tx, boris, "svoi_bot", ""))
    assert isinstance(shown, Invite)
    assert (shown.rewarded_this_month, shown.resumes_on) == (0, None)


async def test_rule_14_a_circle_of_friends_is_refused(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    gleb = await bring(town, vera, 2)
    for referrer in (boris, vera, gleb):
        code = referrer.referral_code
        assert (
            await town.do(
                lambda tx, code=code: attribute_referral(tx, friend_id=boris.id, referral_code=code)
            )
        ) is None
    assert await town.do(lambda tx: referrals.of_friend(tx.db, boris.id)) is None


async def test_rule_14_the_reward_moves_to_another_visit_that_qualifies(town: Town) -> None:
    boris = await town.new_client(REFERRER)
    vera = await bring(town, boris, 1)
    first = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH)))[0]
    await town.do(lambda tx: visit(tx, vera.id, ENOUGH - 1))
    other = (await town.do(lambda tx: visit(tx, vera.id, ENOUGH * 3)))[0]
    assert (await town.do(lambda tx: undo(tx, first)))[1] == NOTHING_DUE
    assert (await balance(town, vera), await balance(town, boris)) == (250, 400)
    referral = await town.do(lambda tx: referrals.of_friend(tx.db, vera.id))
    assert referral is not None
    assert (referral.visit_id, referral.posted_visit_id) == (other, first)
    taken = (await town.do(lambda tx: undo(tx, other)))[1]
    assert taken == ReferralOutcome(ReferralState.TAKEN_BACK, 150, 300, boris.id)
    assert (await balance(town, vera), await balance(town, boris)) == (100, 100)
    assert await town.do(lambda tx: audit.differences(tx.db)) == []
