"""What happens in the sample business: kinds of events, each with its moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from operations.senders import Sender
from operations.transaction import Tx
from playground.sample.clients import SampleClient
from storage.clients import Client

Act = Callable[[Tx, Client, Sender], Awaitable[None]]  # of the client, with who is at the desk


@dataclass(frozen=True)
class Registration:
    """A stranger becomes a client."""

    at: datetime
    client: SampleClient


@dataclass(frozen=True)
class Attendance:
    """A client is served; `bill` in minor units."""

    at: datetime
    client: SampleClient
    service: str
    bill: int
    is_mistaken: bool = False  # taken back at once
    pays_with_points: bool = False  # as many as may pay


@dataclass(frozen=True)
class Opinion:
    """A client rates their last visit."""

    at: datetime
    client: SampleClient
    rating: int
    words: str


@dataclass(frozen=True)
class Reply:
    """A manager answers the client's complaint and closes the case."""

    at: datetime
    client: SampleClient


@dataclass(frozen=True)
class Round:
    """What time brings about: birthdays, lapses, what expires."""

    at: datetime


@dataclass(frozen=True)
class Deed:
    """Anything else that a client, or the desk for them, does."""

    at: datetime
    client: SampleClient
    act: Act


@dataclass(frozen=True)
class OldCards:
    """The owner brings along the list of cards from before the bot."""

    at: datetime


Happening = Registration | Attendance | Opinion | Reply | Round | Deed | OldCards
