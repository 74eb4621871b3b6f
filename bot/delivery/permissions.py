"""May a letter go? Asked as it is sent; those that ask at one moment are answered by one query."""

import asyncio
from dataclasses import dataclass

from operations.in_force import InForce
from operations.sending import Asked, Decision, Send, may_send
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database
from storage.outbox import Letter


@dataclass
class _Question:
    asked: Asked
    answer: asyncio.Future[Decision]


class Permissions:
    """Asks the database on behalf of every letter that is about to be sent."""

    def __init__(self, database: Database, clock: Clock, in_force: InForce) -> None:
        self._database = database
        self._clock = clock
        self._in_force = in_force
        self._questions: list[_Question] = []
        self._asking = asyncio.Lock()

    async def may_send(self, letter: Letter, *, doubtful: bool) -> Decision:
        """Raises what the database raises."""
        asked = Asked(letter, doubtful)
        if asked.is_granted:
            return Send()
        question = _Question(asked, asyncio.get_running_loop().create_future())
        self._questions.append(question)
        async with self._asking:
            # Whoever came first asked for all who came while the one before was asking.
            if not question.answer.done():
                await self._ask_all()
        return question.answer.result()

    async def _ask_all(self) -> None:
        questions, self._questions = self._questions, []
        try:
            async with self._database.read() as db:
                tx = Tx(db, self._clock.now(), self._in_force.programme)
                decisions = await may_send(tx, [question.asked for question in questions])
        except BaseException:
            # The next one in the line asks again, for those that still wait.
            self._questions[:0] = questions
            raise
        for question, decision in zip(questions, decisions, strict=True):
            question.answer.set_result(decision)
