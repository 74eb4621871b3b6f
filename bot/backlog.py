"""The updates that wait, mirrored in memory as far as memory reaches, chat by chat."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import structlog

from storage import inbox
from storage.database import Database
from storage.failures import is_passing
from storage.inbox import Waiting

LOADED_MAX = 2_000  # updates held in memory
PAGE_MAX = 500
SEARCH_EVERY_S = 20.0
AGAIN_AFTER_S = 1.0

log = structlog.get_logger("inbox")


class Backlog:
    """Gives each worker a chat whose next update is to be handled, the chats in turn."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Storing and reading a page take turns: a page shows all that was stored before it.
        self.turn = asyncio.Lock()
        self._chats: dict[int, deque[Waiting]] = {}
        self._ready: asyncio.Queue[int | None] = asyncio.Queue()
        self._known: set[int] = set()
        self._last_id = 0  # every lower one is in memory, done, or another process's
        self._behind = True  # the table may hold more, behind the last
        self._strangers: set[int] = set()  # unknown to us when we looked last
        self._rung = asyncio.Event()
        self.loaded_most = 0

    @property
    def is_idle(self) -> bool:
        """Nothing waits, in memory or in the table."""
        return not self._known and not self._behind

    # -- for who stores

    def take_in(self, stored: Sequence[Waiting]) -> None:
        """What was just committed; beyond memory's bound it is left in the table for now."""
        if not stored:
            return
        if self._behind or len(self._known) + len(stored) > LOADED_MAX:
            self.doubt()
            return
        for row in stored:
            self._enqueue(row)

    def doubt(self) -> None:
        """The table may hold more than we know."""
        self._behind = True
        self._rung.set()

    # -- for who handles

    async def next_chat(self) -> int | None:
        """A chat whose first update is to be handled; nobody else gets it until then.

        None only says that something else has happened.
        """
        return await self._ready.get()

    def rouse(self, workers: int) -> None:
        """So many workers who wait for a chat look up."""
        for _ in range(workers):
            self._ready.put_nowait(None)

    def first(self, chat: int) -> Waiting:
        return self._chats[chat][0]

    def done(self, chat: int) -> None:
        """The first update of the chat is done with; its next one goes behind other chats."""
        rows = self._chats[chat]
        self._known.discard(rows.popleft().id)
        if rows:
            self._ready.put_nowait(chat)
        else:
            del self._chats[chat]
        if self._behind:
            self._rung.set()

    def again(self, chat: int, *, attempts: int, pause_s: float) -> None:
        """The first update of the chat is tried again later; the rest of the chat waits for it."""
        rows = self._chats[chat]
        rows[0] = replace(rows[0], attempts=attempts)
        asyncio.get_running_loop().call_later(pause_s, self._ready.put_nowait, chat)

    # -- from the table into memory

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._rung.clear()
            try:
                while self._behind and len(self._known) <= LOADED_MAX - PAGE_MAX:
                    await self._load_page()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("inbox cannot be read", error=type(error).__name__)
                await asyncio.sleep(AGAIN_AFTER_S)
                continue
            try:
                async with asyncio.timeout(SEARCH_EVERY_S):
                    await self._rung.wait()
            except TimeoutError:
                await self._search()

    async def _load_page(self) -> None:
        async with self.turn:
            async with self._database.read() as db:
                page = await inbox.waiting(db, after_id=self._last_id, limit=PAGE_MAX)
            self._behind = len(page) == PAGE_MAX
            for row in page:
                self._enqueue(row)

    async def _search(self) -> None:
        """Finds what was left behind by a process that has gone.

        What is unknown to us twice in a row is nobody's; before, it may be in another's hands.
        """
        try:
            async with self._database.read() as db:
                ids = await inbox.waiting_ids(db, up_to=self._last_id, limit=LOADED_MAX + PAGE_MAX)
                unknown = set(ids) - self._known
                left_behind = sorted(unknown & self._strangers)[:PAGE_MAX]
                rows = await inbox.of(db, left_behind)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("inbox cannot be searched", error=type(error).__name__)
            return
        self._strangers = unknown.difference(left_behind)
        for row in rows:
            self._enqueue(row)

    def _enqueue(self, row: Waiting) -> None:
        if row.id in self._known:
            return
        self._last_id = max(self._last_id, row.id)
        self._known.add(row.id)
        self.loaded_most = max(self.loaded_most, len(self._known))
        chat = self._chats.get(row.order_key)
        if chat is None:
            self._chats[row.order_key] = deque([row])
            self._ready.put_nowait(row.order_key)
        else:
            chat.append(row)
