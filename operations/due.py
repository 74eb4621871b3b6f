"""What time has made due: found page by page, done one at a time."""

from dataclasses import dataclass

SUBJECT_FIRST = 0  # pages begin behind it: ids count from 1


@dataclass(frozen=True)
class Due:
    """Something to be done once: whom or what it is about, and the period that it is done for."""

    subject: int
    period: str


@dataclass(frozen=True)
class DuePage:
    """Some of what is due; `after` is where the next page begins, as the query itself counts.

    Mostly that is the last subject's id.
    """

    found: tuple[Due, ...] = ()
    after: int | None = None  # None: there is no further page


class NotDueNow(Exception):
    """Under its locks the subject turned out not to be due, or not yet: the claim is given back."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
