"""What a job is. Which jobs there are: `scheduler.business`."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from loyalty.programme import Programme
from operations.due import Due, DuePage
from operations.transaction import Tx

T = TypeVar("T")
FindDue = Callable[[Tx, int, int], Awaitable[DuePage]]
Act = Callable[[Tx, Due], Awaitable[None]]
Epoch = Callable[[datetime, Programme], Hashable | None]
ActTogether = Callable[[Tx, Sequence[Due]], Awaitable[int]]


@dataclass(frozen=True)
class Together:
    """Several subjects a transaction, where there may be a million of them.

    `act(tx, some)` does all of them that are still due, and returns how many it had to leave for
    the next look because somebody else was changing them. Nothing is claimed: the rows that it
    writes must say what is done, so that neither a crash in mid-page nor a second process repeats
    anything. `subjects_max` keeps the transaction short: SQLite has one writer.
    """

    act: ActTogether
    subjects_max: int
    page_max: int


@dataclass(frozen=True)
class ReadFirst(Generic[T]):
    """Reads what takes long on a connection that only reads, and acts on what it found.

    `act` runs in a transaction that has just claimed what is due, as any other; it must bear that
    what was read is a moment old.
    """

    read: Callable[[Tx, Due], Awaitable[T]]
    act: Callable[[Tx, Due, T], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """Something that becomes due by the passing of time.

    `due(tx, after, limit)` reads the next page of what is due and not done, on a connection that
    only reads. `act(tx, due)` does one of them, in a transaction that has just claimed it; it
    looks again under its locks and raises `NotDueNow` to give the claim back.

    `due` is asked at every tick. Where it has to look at many, it is asked once an `epoch`, which
    is anything that changes when it should look again; None: nothing can be due now. Between two
    epochs `meanwhile` says, at every tick, what may have become due since.
    """

    name: str  # in claims and logs; never renamed
    due: FindDue
    act: Act | Together | ReadFirst[Any]
    epoch: Epoch | None = None
    meanwhile: FindDue | None = None
