"""What a job is. Which jobs there are: `scheduler.business`."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from loyalty.programme import Programme
from operations.due import Due, DuePage
from operations.transaction import Tx

FindDue = Callable[[Tx, int, int], Awaitable[DuePage]]
Act = Callable[[Tx, Due], Awaitable[None]]


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
    act: Act
    epoch: Callable[[datetime, Programme], Hashable | None] | None = None
    meanwhile: FindDue | None = None
