"""Messages on their way out: queued in the transaction of what they tell about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import outbox, outbox_files

EMPTY_BATCH_MAX = 2_000


class Lane(IntEnum):
    """Who goes first: a lower lane overtakes a higher one."""

    CALLBACK = 0  # answers to a tapped button
    REPLY = 1
    SERVICE = 2
    ADVERT = 3


@dataclass(frozen=True)
class File:
    """Bytes that go with a call; the call's payload says `attach://field`."""

    field: str
    name: str
    body: bytes


@dataclass(frozen=True)
class Letter:
    """What is to be sent: a finished call or a notice. `id` is 0 until it is queued."""

    lane: Lane
    chat_id: int
    method: str | None = None
    payload: Mapping[str, str] | None = None
    notice: str | None = None
    context: str | None = None  # JSON
    language: str | None = None
    client_id: int | None = None
    key: str | None = None
    may_repeat: bool = False  # where the key is known already it goes out without it
    not_before: datetime | None = None  # business time
    keeps_quiet: bool = False
    files: tuple[File, ...] = ()
    has_files: bool = False  # they stay in the outbox until the letter is sent
    id: int = 0
    attempts: int = 0
    is_reworded: bool = False  # it was queued before, in other words; these are said

    def __post_init__(self) -> None:
        assert (self.method is None) != (self.notice is None), "a call or a notice, not both"


_QUEUE = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
# For SQLite that is one row a statement. It numbers the rows of one statement in their order all
# the same, and only answers in any: rows that can be told apart go together.
_TOLD_APART_BY = ("chat_id", "method", "notice")
_QUEUE_TOLD_APART = insert(outbox).returning(
    outbox.c.id, *(outbox.c[name] for name in _TOLD_APART_BY)
)
_QUEUE_ONCE = {
    name: make(outbox).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
    for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


async def queue(db: AsyncConnection, letters: Sequence[Letter], now: datetime) -> list[Letter]:
    """Queues them in order; one whose key is known already is left out. Returns them with ids."""
    if not letters:
        return []
    plain = [letter for letter in letters if letter.key is None]
    queued: list[Letter] = []
    if plain:
        queued += await _queue_plain(db, plain, now)
    for letter in letters:
        if letter.key is not None:
            row = await _queue_once(db, letter, now)
            if row is None and letter.may_repeat:
                queued += await _queue_plain(db, [replace(letter, key=None)], now)
            elif row is not None:
                queued.append(_with_id(letter, row))
    await _queue_files(db, queued)
    return sorted(queued, key=lambda letter: letter.id)


async def _queue_plain(
    db: AsyncConnection, letters: Sequence[Letter], now: datetime
) -> list[Letter]:
    rows = [_row(letter, now) for letter in letters]
    marks = [tuple(row[name] for name in _TOLD_APART_BY) for row in rows]
    if db.dialect.name == "sqlite" and len(letters) > 1 and len(set(marks)) == len(letters):
        ids = {found[1:]: found[0] for found in await db.execute(_QUEUE_TOLD_APART, rows)}
        return [_with_id(letter, ids[mark]) for letter, mark in zip(letters, marks, strict=True)]
    in_order = (await db.execute(_QUEUE, rows)).scalars()
    return [_with_id(letter, row) for letter, row in zip(letters, in_order, strict=True)]


async def _queue_once(db: AsyncConnection, letter: Letter, now: datetime) -> int | None:
    row: int | None = (await db.execute(_QUEUE_ONCE[db.dialect.name], _row(letter, now))).scalar()
    return row


async def _queue_files(db: AsyncConnection, letters: Sequence[Letter]) -> None:
    rows = [
        {"outbox_id": letter.id, "field": file.field, "file_name": file.name, "body": file.body}
        for letter in letters
        for file in letter.files
    ]
    if rows:
        await db.execute(insert(outbox_files), rows)


def _row(letter: Letter, now: datetime) -> dict[str, Any]:
    payload = None if letter.payload is None else written_payload(letter.payload)
    return {
        "lane": int(letter.lane),
        "chat_id": letter.chat_id,
        "method": letter.method,
        "payload": payload,
        "notice": letter.notice,
        "context": letter.context,
        "language": letter.language,
        "client_id": letter.client_id,
        "key": letter.key,
        "created_at": now,
        "not_before": letter.not_before,
        "keeps_quiet": letter.keeps_quiet,
        "status": "waiting",
        "has_files": letter.has_files or bool(letter.files),
    }


def _with_id(letter: Letter, row_id: int) -> Letter:
    return replace(letter, id=row_id)


_NEXT = (
    select(outbox)
    .where(
        text("status = 'waiting'"),
        outbox.c.lane == bindparam("in_lane"),
        outbox.c.id > bindparam("after"),
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("moment")),
    )
    .order_by(outbox.c.lane, outbox.c.id)
    .limit(bindparam("most"))
)


async def waiting(
    db: AsyncConnection, lane: Lane, *, after_id: int, now: datetime, limit: int
) -> list[Letter]:
    """What this lane may send now, in order, from behind the given id; files stay behind."""
    parameters = {"in_lane": int(lane), "after": after_id, "moment": now, "most": limit}
    rows = (await db.execute(_NEXT, parameters)).mappings().all()
    return [letter_from(row) for row in rows]


_NEXT_IDS = (
    select(outbox.c.id)
    .where(
        text("status = 'waiting'"),
        outbox.c.lane == bindparam("in_lane"),
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("moment")),
    )
    .order_by(outbox.c.lane, outbox.c.id)
    .limit(bindparam("most"))
)


async def waiting_ids(db: AsyncConnection, lane: Lane, *, now: datetime, limit: int) -> list[int]:
    """Only the ids of what this lane may send now, in order."""
    parameters = {"in_lane": int(lane), "moment": now, "most": limit}
    return list((await db.execute(_NEXT_IDS, parameters)).scalars())


async def files(db: AsyncConnection, row_id: int) -> tuple[File, ...]:
    """The files that go with a letter."""
    query = (
        select(outbox_files)
        .where(outbox_files.c.outbox_id == row_id)
        .order_by(outbox_files.c.field)
    )
    return tuple(File(row.field, row.file_name, row.body) for row in await db.execute(query))


def written_payload(payload: Mapping[str, str]) -> str:
    """A call's fields as the table keeps them."""
    return json.dumps(payload, ensure_ascii=False)


def _payload(written: str | None) -> dict[str, str] | None:
    if written is None:
        return None
    try:
        read: dict[str, str] = json.loads(written)
    except ValueError:
        # Telegram refuses it by name; raising here would stop all the other letters.
        return {}
    return read


def letter_from(row: Mapping[Any, Any]) -> Letter:
    """The letter of a row of the table; its files stay behind."""
    return Letter(
        lane=Lane(row["lane"]),
        chat_id=row["chat_id"],
        method=row["method"],
        payload=_payload(row["payload"]),
        notice=row["notice"],
        context=row["context"],
        language=row["language"],
        client_id=row["client_id"],
        key=row["key"],
        not_before=row["not_before"],
        keeps_quiet=row["keeps_quiet"],
        has_files=row["has_files"],
        id=row["id"],
        attempts=row["attempts"],
    )


@dataclass(frozen=True)
class Mark:
    """What became of a letter: sent, failed or skipped, why, and the id Telegram gave."""

    id: int
    status: str
    reason: str | None = None
    message_id: int | None = None
    attempts: int = field(default=1)


_MARK = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        status=bindparam("to_status"),
        reason=bindparam("why"),
        message_id=bindparam("telegram_id"),
        attempts=bindparam("tries"),
        done_at=bindparam("moment"),
    )
)


async def mark(db: AsyncConnection, marks: Sequence[Mark], now: datetime) -> None:
    """Writes down what became of these letters, all in one statement."""
    rows = [
        {
            "row": mark.id,
            "to_status": mark.status,
            "why": mark.reason,
            "telegram_id": mark.message_id,
            "tries": mark.attempts,
            "moment": now,
        }
        for mark in marks
    ]
    if rows:
        await db.execute(_MARK, rows)


@dataclass(frozen=True)
class SentMessage:
    """A letter that Telegram has taken, as its chat knows it."""

    chat_id: int
    message_id: int
    language: str


async def sent_under(db: AsyncConnection, keys: Sequence[str]) -> list[SentMessage]:
    """The messages sent under these keys; those still on their way are left out."""
    query = select(outbox.c.chat_id, outbox.c.message_id, outbox.c.language).where(
        outbox.c.key.in_(keys),
        outbox.c.message_id.is_not(None),
        outbox.c.language.is_not(None),
    )
    rows = await db.execute(query.order_by(outbox.c.id))
    return [SentMessage(row.chat_id, row.message_id, row.language) for row in rows]


async def note_attempts(db: AsyncConnection, row_id: int, attempts: int) -> None:
    """Remembers, before a second try of a letter that Telegram may have taken, that it is one."""
    await db.execute(update(outbox).where(outbox.c.id == row_id).values(attempts=attempts))


_POSTPONE = (
    update(outbox).where(outbox.c.id == bindparam("row")).values(not_before=bindparam("until"))
)


async def postpone(db: AsyncConnection, until: Mapping[int, datetime]) -> None:
    """Leaves letters alone, each until its moment of business time."""
    if until:
        rows = [{"row": row_id, "until": moment} for row_id, moment in until.items()]
        await db.execute(_POSTPONE, rows)


async def empty(db: AsyncConnection, before: datetime) -> int:
    """Empties the bodies of what was done before that moment, a batch at a time."""
    old = (
        select(outbox.c.id)
        .where(
            outbox.c.done_at < before,
            or_(outbox.c.payload.is_not(None), outbox.c.context.is_not(None)),
        )
        .limit(EMPTY_BATCH_MAX)
    )
    ids = list((await db.execute(old)).scalars())
    if ids:
        await db.execute(delete(outbox_files).where(outbox_files.c.outbox_id.in_(ids)))
        await db.execute(
            update(outbox).where(outbox.c.id.in_(ids)).values(payload=None, context=None)
        )
    return len(ids)
