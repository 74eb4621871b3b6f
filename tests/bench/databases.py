"""Databases filled for a measurement."""

from datetime import UTC, datetime

from loyalty.programme import load_programme
from operations.ledger import EntryKind, grant
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage import clients, outbox, people
from storage.database import Database
from storage.outbox import Lane, Letter
from storage.schema import migrate


async def fill_with_clients(url: str, telegram_ids: list[int]) -> None:
    """Registers these accounts as clients, each with a hundred points."""
    database = Database(url)
    await migrate(database)
    async with database.write() as db:
        tx = Tx(db, datetime.now(UTC), load_programme(SERVICE_CENTRE))
        for number, telegram_id in enumerate(telegram_ids):
            await people.meet(db, telegram_id, "ru", tx.now, language="ru")
            client_id = await clients.add(
                db,
                {
                    "telegram_id": telegram_id,
                    "phone": f"+7912{number:07d}",
                    "name": "Анна",
                    "language": "ru",
                    "card_number": f"{number:07d}",
                    "referral_code": f"code{number}",
                    "status": "active",
                    "created_at": tx.now,
                    "registered_at": tx.now,
                    "registered_on": tx.today,
                    "tier": tx.programme.tiers.levels[0].code,
                    "tier_since": tx.today,
                },
            )
            await grant(
                tx,
                client_id,
                100,
                kind=EntryKind.WELCOME,
                key=f"welcome:{client_id}",
                valid_through=None,
            )
    await database.close()


async def fill_outbox(url: str, telegram_ids: list[int], letters: int) -> None:
    """Queues so many messages, to one chat after the other."""
    database = Database(url)
    async with database.write() as db:
        queued = [
            Letter(
                lane=Lane.SERVICE,
                chat_id=telegram_ids[number % len(telegram_ids)],
                method="sendMessage",
                payload={
                    "chat_id": str(telegram_ids[number % len(telegram_ids)]),
                    "text": f"Письмо {number}",
                },
            )
            for number in range(letters)
        ]
        await outbox.queue(db, queued, datetime.now(UTC))
    await database.close()
