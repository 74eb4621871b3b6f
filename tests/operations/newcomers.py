"""Strangers on the way to becoming clients."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from loyalty.programme import Programme
from operations.deep_links import Referral, Source
from operations.registration import (
    AlreadyRegistered,
    ConsentKind,
    Consents,
    Newcomer,
    PhoneElsewhere,
    Registered,
    follow_link,
    given,
    register_client,
)
from operations.senders import Client, Sender, identify
from operations.transaction import Tx
from storage.database import Database
from tests.operations.conftest import NOW

T = TypeVar("T")

ANNA, BORIS, VERA, GLEB = range(7_100_000_001, 7_100_000_005)


class Town:
    """A database, its programme and the present moment, with short ways to do things in it."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self.database = database
        self.programme = programme
        self.now = NOW

    async def do(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Something in a transaction of its own."""
        async with self.database.write() as db:
            return await work(Tx(db, self.now, self.programme))

    async def meets(self, telegram_id: int) -> Sender:
        """The account writes; it may be a stranger's."""
        return await self.do(lambda tx: meet(tx, telegram_id))

    async def opens(self, telegram_id: int, link: str | Source) -> bool:
        """The account opens somebody's link, or a poster's; whether a friend's link counts now."""

        async def open_link(tx: Tx) -> bool:
            sender = await meet(tx, telegram_id)
            opened = Referral(link) if isinstance(link, str) else link
            return (await follow_link(tx, sender, opened)).by_friend

        return await self.do(open_link)

    async def registers(
        self, telegram_id: int, phone: str, *, first_name: str = "Анна", adverts: bool = False
    ) -> Registered | AlreadyRegistered | PhoneElsewhere:
        """The account shares its contact."""

        async def register(tx: Tx) -> Registered | AlreadyRegistered | PhoneElsewhere:
            sender = await meet(tx, telegram_id)
            data = given(ConsentKind.DATA, "data-1", tx.now)
            advert = given(ConsentKind.ADVERT, "advert-1", tx.now) if adverts else None
            newcomer = Newcomer(
                telegram_id=telegram_id,
                phone=phone,
                first_name=first_name,
                language=sender.language,
                consents=Consents(data, advert),
                referral_code=sender.referral_code,
            )
            return await register_client(tx, newcomer)

        return await self.do(register)

    async def new_client(self, telegram_id: int, first_name: str = "Анна") -> Client:
        """A client with the phone that goes with the account."""
        done = await self.registers(telegram_id, phone_of(telegram_id), first_name=first_name)
        assert isinstance(done, Registered)
        return done.client


async def meet(tx: Tx, telegram_id: int) -> Sender:
    return await identify(
        tx,
        telegram_id=telegram_id,
        chat_id=telegram_id,
        first_name="Анна",
        language_code="ru",
        owner_ids=(),
    )


def phone_of(telegram_id: int) -> str:
    return f"+7912{telegram_id % 10_000_000:07d}"
