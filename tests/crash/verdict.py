"""What must hold after every crash, and at the end of all of them."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.sending import SEND_IN_FLIGHT_MAX
from playground.calls import Call
from playground.server import LocalTelegram
from storage import audit
from storage.database import Database
from storage.tables import clients, inbox, ledger_entries, outbox, visits
from tests.crash.crowd import Crowd

SAID = ("sendMessage", "sendPhoto", "editMessageText", "editMessageCaption")


@dataclass
class Repeats:
    """Messages that Telegram accepted and no mark tells of, by chat."""

    known: Counter[int]

    async def after_a_crash(self, telegram: LocalTelegram, database: Database) -> None:
        """Each of them will be said again: one a chat, and so many in all."""
        fresh = await unmarked(telegram, database) - self.known
        worst = max(fresh.values(), default=0)
        assert worst <= 1, f"{worst} messages of one chat were in flight at one crash"
        assert fresh.total() <= SEND_IN_FLIGHT_MAX, f"{fresh.total()} messages were in flight"
        self.known += fresh


async def unmarked(telegram: LocalTelegram, database: Database) -> Counter[int]:
    """Accepted messages less those that are marked sent, by chat."""
    accepted = Counter(call.chat_id for call in telegram.calls if _is_said(call))
    query: Select[tuple[int, int]] = (
        select(outbox.c.chat_id, func.count())
        .where(
            outbox.c.status == "sent",
            outbox.c.reason.is_(None),
            or_(outbox.c.method.in_(SAID), outbox.c.notice.is_not(None)),
        )
        .group_by(outbox.c.chat_id)
    )
    async with database.read() as db:
        marked = {row[0]: row[1] for row in await db.execute(query)}
    return Counter(
        {
            chat_id: number - marked.get(chat_id, 0)
            for chat_id, number in accepted.items()
            if chat_id is not None and number > marked.get(chat_id, 0)
        }
    )


def _is_said(call: Call) -> bool:
    return call.ok and call.method in SAID


UNDER_WAY_S = 1.0  # a request of the dead may be answered a moment after the kill


def sent_too_soon(telegram: LocalTelegram, kills_at: list[float]) -> list[Call]:
    """Sends before a `retry_after` was over; a new life does not know what the last was told."""
    closed: dict[int, tuple[float, float]] = {}  # by chat: told when, and until when
    early = []
    for call in telegram.calls:
        if call.chat_id is None or not call.method.startswith(("send", "edit")):
            continue
        told_at, until = closed.get(call.chat_id, (0.0, 0.0))
        same_life = not any(told_at - UNDER_WAY_S <= at <= call.at for at in kills_at)
        if call.at < until and same_life:
            early.append(call)
        if call.retry_after_s is not None:
            closed[call.chat_id] = (call.at, call.at + call.retry_after_s)
    return early


def told(telegram: LocalTelegram, early: Call, kills_at: list[float]) -> str:
    """The chat's calls around the one that came too soon, and the kills, in relative seconds."""
    near = [
        f"{call.at - early.at:+.3f} {call.method} {call.status} {call.retry_after_s or ''}"
        for call in telegram.calls
        if call.chat_id == early.chat_id and abs(call.at - early.at) < 3
    ]
    kills = [f"{at - early.at:+.3f} kill" for at in kills_at if abs(at - early.at) < 3]
    return "\n".join(sorted([*near, *kills], key=lambda line: float(line.split()[0])))


async def nothing_lost_or_doubled(crowd: Crowd, database: Database) -> dict[str, int]:
    """Every effect is there once; returns the counts that were compared."""
    async with database.read() as db:
        left = await _count(db, select(inbox.c.id).where(inbox.c.status != "done"))
        assert left == 0, f"{left} updates were not handled"
        waiting = await _count(db, select(outbox.c.id).where(*_UNSENT))
        assert waiting == 0, f"{waiting} messages were not sent"
        failed = (await db.execute(_failed())).all()
        assert failed == [], f"messages failed: {failed}"
        phones = set((await db.execute(select(clients.c.phone))).scalars())
        assert crowd.registered <= phones
        welcomes = await _count(
            db, select(ledger_entries.c.id).where(ledger_entries.c.kind == "welcome")
        )
        registered = len(phones) - crowd.celebrants  # of old, not by the bot
        assert welcomes == registered, f"{welcomes} welcomes for {registered} clients"
        gifts = await gifts_given(db)
        assert gifts == crowd.celebrants, f"{gifts} gifts for {crowd.celebrants} birthdays"
        bills = sorted((await db.execute(select(visits.c.bill))).scalars())
        assert bills == sorted(crowd.confirmed_bills), "a visit was lost or doubled"
        assert await audit.differences(db) == []
        updates = await _count(db, select(inbox.c.id))
        sent = await _count(db, select(outbox.c.id).where(outbox.c.status == "sent"))
    return {
        "updates": updates,
        "clients": registered,
        "birthday gifts": gifts,
        "visits": len(bills),
        "balances asked": crowd.asked,
        "messages": sent,
    }


# At night what is no answer waits for the morning.
_UNSENT = (
    outbox.c.status == "waiting",
    or_(outbox.c.not_before.is_(None), outbox.c.keeps_quiet.is_(False)),
)


async def gifts_given(db: AsyncConnection) -> int:
    """For a birthday, since the business opened."""
    return await _count(db, select(ledger_entries.c.id).where(ledger_entries.c.kind == "birthday"))


def _failed() -> Select[tuple[str, str]]:
    return select(outbox.c.method, outbox.c.reason).where(outbox.c.status == "failed")


async def _count(db: AsyncConnection, query: Select[tuple[int]]) -> int:
    counted = select(func.count()).select_from(query.subquery())
    return int((await db.execute(counted)).scalar_one())
