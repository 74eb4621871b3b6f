"""Rules 19 and 20: what may still be sent, asked as it is sent. On both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import BigInteger

from loyalty.programme import Programme
from operations.profile import set_advert_consent
from operations.senders import Sender, identify
from operations.sending import CAP_WINDOW, Asked, Decision, Later, Send, Skip, may_send
from operations.transaction import Tx
from storage import outbox, people
from storage.clients import ClientStatus
from storage.database import Database
from storage.outbox import Lane, Letter
from storage.tables import metadata
from storage.tables import outbox as outbox_table
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town

NOON = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)  # in Moscow
NIGHT = datetime(2027, 2, 1, 20, 0, tzinfo=UTC)  # eleven in the evening there
MORNING = datetime(2027, 2, 2, 6, 0, tzinfo=UTC)  # nine there: quiet hours are over
ANNA = 2**52 - 1  # Telegram ids have up to 52 bits


class PostOffice:
    """A client, and letters to them whose turn has come."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self.clock = MovableClock(NOON)
        self.town = Town(database, self.clock, programme)

    async def client(self, *, adverts: bool = True) -> int:
        async with self.tx() as tx:
            await people.meet(tx.db, ANNA, "ru", tx.now)
        return await self.town.person(telegram_id=ANNA, advert_consent=adverts)

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Tx]:
        async with self.town.tx() as tx:
            yield tx

    async def asks(
        self, client_id: int, lane: Lane = Lane.ADVERT, *, doubtful: bool = False, **more: bool
    ) -> Decision:
        letter = Letter(lane=lane, chat_id=ANNA, client_id=client_id, notice="x", **more)  # type: ignore[arg-type]
        async with self.tx() as tx:
            (decision,) = await may_send(tx, [Asked(letter, doubtful)])
        return decision

    async def has_sent_adverts(self, client_id: int, number: int) -> None:
        letter = Letter(lane=Lane.ADVERT, chat_id=ANNA, client_id=client_id, notice="x")
        async with self.tx() as tx:
            await outbox.queue(tx.db, [letter] * number, tx.now)
            sent = {"status": "sent", "done_at": tx.now}
            await tx.db.execute(outbox_table.update().values(sent))

    async def writes(self) -> Sender:
        async with self.tx() as tx:
            return await identify(
                tx,
                telegram_id=ANNA,
                chat_id=ANNA,
                first_name="Анна",
                language_code="ru",
                owner_ids={OWNER_ID},
            )


@pytest.fixture
def office(database: Database, programme: Programme) -> PostOffice:
    return PostOffice(database, programme)


async def test_rule_20_an_advert_needs_a_consent_of_its_own_and_a_service_message_none(
    office: PostOffice,
) -> None:
    anna = await office.client(adverts=False)
    assert await office.asks(anna) == Skip("no-advert-consent")
    assert await office.asks(anna, Lane.SERVICE) == Send()
    assert await office.asks(anna, Lane.REPLY) == Send()


async def test_rule_20_a_consent_withdrawn_in_mid_broadcast_holds_for_the_very_next_advert(
    office: PostOffice,
) -> None:
    anna = await office.client()
    assert await office.asks(anna) == Send()
    async with office.tx() as tx:
        await set_advert_consent(tx, anna, given=False)
    assert await office.asks(anna) == Skip("no-advert-consent")
    assert await office.asks(anna, Lane.SERVICE) == Send()
    async with office.tx() as tx:
        await set_advert_consent(tx, anna, given=True)
    assert await office.asks(anna) == Send()


async def test_rule_20_quiet_hours_hold_adverts_and_what_keeps_quiet_until_the_morning(
    office: PostOffice,
) -> None:
    anna = await office.client()
    office.clock.move_to(NIGHT)
    assert await office.asks(anna) == Later(MORNING)
    assert await office.asks(anna, Lane.SERVICE, keeps_quiet=True) == Later(MORNING)
    assert await office.asks(anna, Lane.SERVICE) == Send()
    assert await office.asks(anna, Lane.REPLY, keeps_quiet=True) == Send()
    office.clock.move_to(MORNING)
    assert await office.asks(anna) == Send()


async def test_rule_20_the_weekly_cap_counts_adverts_of_the_last_seven_days(
    office: PostOffice,
) -> None:
    anna = await office.client()
    await office.has_sent_adverts(anna, 1)
    assert await office.asks(anna) == Send()
    await office.has_sent_adverts(anna, 1)
    assert await office.asks(anna) == Skip("weekly-cap")
    assert await office.asks(anna, Lane.SERVICE) == Send()
    office.clock.move(CAP_WINDOW - timedelta(seconds=1))
    assert await office.asks(anna) == Skip("weekly-cap")
    office.clock.move(timedelta(seconds=1))
    assert await office.asks(anna) == Send()


async def test_rule_20_an_advert_to_somebody_elses_record_is_not_sent(office: PostOffice) -> None:
    """The card moved to another account since: that person has not consented here."""
    anna = await office.client()
    assert await office.asks(anna + 1) == Skip("no-longer-a-client")


async def test_rule_19_who_blocks_the_bot_stays_a_client_and_is_reachable_on_return(
    office: PostOffice,
) -> None:
    anna = await office.client()
    async with office.tx() as tx:
        await people.note_unreachable(tx.db, ANNA, tx.now)
    assert await office.asks(anna, Lane.SERVICE) == Skip("unreachable")
    assert await office.asks(anna) == Skip("unreachable")
    assert await office.asks(anna, Lane.REPLY, doubtful=True) == Skip("unreachable")
    assert (await office.town.knows(anna)).status is ClientStatus.ACTIVE
    back = await office.writes()
    assert back.client is not None
    assert back.client.id == anna
    for lane in (Lane.SERVICE, Lane.ADVERT, Lane.REPLY):
        assert await office.asks(anna, lane, doubtful=True) == Send()


async def test_rule_19_an_id_of_52_bits_is_kept_whole(office: PostOffice) -> None:
    anna = await office.client()
    back = await office.writes()
    assert back.telegram_id == ANNA
    assert (await office.town.knows(anna)).telegram_id == ANNA


def test_rule_19_no_column_of_telegram_ids_has_32_bits() -> None:
    named = ("telegram_id", "chat_id", "user_id", "author_id", "staff_id", "actor_id", "_by")
    found = [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(named)
    ]
    assert len(found) >= 15
    assert [str(column) for column in found if not isinstance(column.type, BigInteger)] == []
