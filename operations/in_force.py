"""The programme in force: its file, with what owners have changed in the bot.

One of these is read at every stimulus. That a newer version is there is told by the statement that
marks an update as done (see `storage.inbox.mark_done`), and looked up before each page of what is
due by time: so a change made by another process is seen by the very next stimulus, too.
"""

import functools
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import Programme, ProgrammeFile
from loyalty.programme.typed import Raw, load_raw
from storage import programme_changes
from storage.programme_changes import NO_VERSION, Change

EARLIER_KEPT_MAX = 32  # programmes of earlier moments that are at hand

log = structlog.get_logger("programme")


@dataclass(frozen=True)
class Effective:
    """What the file and the changes together come to."""

    programme: Programme
    version: int
    overrides: Mapping[str, Raw]  # in force
    unfit: tuple[str, ...]  # changed in the bot, and not possible with the file as it is now


class InForce:
    """Holds the programme; `programme` is another object once a change is known here."""

    def __init__(self, file: ProgrammeFile) -> None:
        self.file = file
        self._changes: tuple[Change, ...] = ()
        self._effective = Effective(file.programme, NO_VERSION, {}, ())

    @classmethod
    def load(cls, path: Path) -> "InForce":
        """The file alone, until the database is asked; raises ProgrammeInvalid."""
        return cls(ProgrammeFile.load(path))

    @property
    def programme(self) -> Programme:
        return self._effective.programme

    @property
    def version(self) -> int:
        """The last change that is in it."""
        return self._effective.version

    @property
    def effective(self) -> Effective:
        return self._effective

    async def at_version(self, db: AsyncConnection, version: int) -> Programme:
        """The programme at the version that this transaction sees, read if it is a newer one."""
        if version > self._effective.version:
            await self.refresh(db)
        return self.programme

    async def refresh(self, db: AsyncConnection) -> Programme:
        """The programme with every change that this connection sees."""
        self._take(await programme_changes.after(db, self._effective.version))
        return self.programme

    def _take(self, more: tuple[Change, ...]) -> None:
        # Two workers may have read the same: what is known is passed over.
        new = tuple(change for change in more if change.version > self._effective.version)
        if not new:
            return
        self._changes += new
        self._effective = _effective(self.file, self._changes)
        for key in self._effective.unfit:
            # One clear line for who watches the start; the owners hear of it in the bot.
            log.warning("a change made in /settings does not fit the file", key=key)


class Fixed:
    """A programme that nobody changes: of a tool, of a test."""

    version = NO_VERSION

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    async def refresh(self, db: AsyncConnection) -> Programme:
        return self.programme


def as_in_force(programme: Programme | InForce) -> InForce | Fixed:
    """For who takes either."""
    return Fixed(programme) if isinstance(programme, Programme) else programme


def _effective(file: ProgrammeFile, changes: tuple[Change, ...]) -> Effective:
    if not changes:
        return Effective(file.programme, NO_VERSION, {}, ())
    overrides = _overrides(changes)
    fitted = file.fitted(overrides)
    # Not by when a change was made but by when the clock had passed it: clocks go back.
    passed = list(accumulate((change.at for change in changes), max))

    @functools.lru_cache(maxsize=EARLIER_KEPT_MAX)
    def first(count: int) -> Programme:
        return file.fitted(_overrides(changes[:count])).programme

    def earlier(moment: datetime) -> Programme:
        count = bisect_right(passed, moment)
        return programme if count == len(changes) else first(count)

    programme = replace(fitted.programme, earlier=earlier)
    in_force = {key: raw for key, raw in overrides.items() if key not in fitted.unfit}
    return Effective(programme, changes[-1].version, in_force, fitted.unfit)


def _overrides(changes: tuple[Change, ...]) -> dict[str, Raw]:
    """The newest value of each key that is not as the file says."""
    found: dict[str, Raw] = {}
    for change in changes:
        found.pop(change.key, None)
        if change.new is not None:
            found[change.key] = load_raw(change.new)
    return found
