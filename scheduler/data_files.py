"""Makes the files that clients asked for: read beside the writers, queued in a short write."""

import asyncio
from collections.abc import Callable, Sequence

from loyalty.programme import Programme
from operations.data_file import data_file
from operations.outgoing import File, Lane, Letter, queue
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import clients, data_requests
from storage.clients import ClientStatus
from storage.data_requests import DataRequest
from storage.database import Database
from templates.data_file import FILE_NAME
from templates.my_data import FileReady
from templates.rendering import Renderer

REQUESTS_MAX = 20  # of one look; the rest is found at the next tick


class DataFiles:
    """Answers requests, the oldest first; each once, however many of us look."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        programme: Programme,
        renderer: Renderer,
        offer: Callable[[Sequence[Letter]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._programme = programme
        self._renderer = renderer
        self._offer = offer

    async def go(self) -> None:
        """Makes all files that are waited for."""
        async with self._database.read() as db:
            requests = await data_requests.waiting(db, limit=REQUESTS_MAX)
        for request in requests:
            await self._answer(request)

    async def _answer(self, request: DataRequest) -> None:
        labels = self._renderer.labels(request.language)
        async with self._database.read() as db:
            tx = Tx(db, self._clock.now(), self._programme)
            body = await data_file(tx, request.client_id, labels)
        caption = FileReady(self._programme.business.name)
        words = await asyncio.to_thread(self._renderer.render, caption, request.language)
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._programme)
            # Locked: an erasure that began meanwhile is over, or waits until the file is queued.
            client = await clients.lock(db, request.client_id)
            if not await data_requests.take(db, request.client_id) or body is None:
                return
            if client is None or client.status is not ClientStatus.ACTIVE:
                return
            if client.telegram_id is not None:
                await queue(tx, [_letter(client.id, client.telegram_id, words.text, body)])
        self._offer(tx.queued)


def _letter(client_id: int, chat_id: int, caption: str, body: bytes) -> Letter:
    return Letter(
        lane=Lane.REPLY,
        chat_id=chat_id,
        client_id=client_id,
        method="sendDocument",
        payload={
            "chat_id": str(chat_id),
            "document": "attach://document",
            "caption": caption,
            "parse_mode": "HTML",
        },
        files=(File("document", FILE_NAME, body),),
    )
