"""One letter on its way: may it go, what is the call, and what does the answer mean.

What may be said twice, and what may not, is decided here: see docs/decisions/delivery.md.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot import waypoints
from bot.delivery.calls import Call, CallMaker
from bot.delivery.outcomes import (
    TOKEN_REVOKED_CODE,
    Again,
    Done,
    Outcome,
    Postponed,
    Verdict,
    verdict,
    wants_new_message,
    wants_plain_text,
)
from bot.telegram import (
    Telegram,
    TelegramBroken,
    TelegramRefused,
    TelegramUnanswered,
    TelegramUnreachable,
    TokenRevoked,
)
from operations.sending import Decision, Later, Skip
from storage.failures import is_passing
from storage.outbox import File, Letter

UNANSWERED_MAX = 2  # a letter that may have been taken twice is not sent a third time
SERVER_ERRORS_MAX = 6  # of one letter, while all others get through: it is the letter then
AGAIN_PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
LAST_TRY_PAUSE_S = 3.0  # longer than a hiccup of the line
DATABASE_PAUSE_S = 1.0
SUSPECTS_MAX = 10_000  # chats that refused us lately, remembered

log = structlog.get_logger("delivery")


class Check(Protocol):
    """May the letter go now? `doubtful`: its chat has refused us, so ask whatever the letter is."""

    def __call__(self, letter: Letter, *, doubtful: bool) -> Awaitable[Decision]: ...


LoadFiles = Callable[[int], Awaitable[tuple[File, ...]]]
NoteAttempts = Callable[[int, int], Awaitable[None]]


@dataclass
class _Troubles:
    """What went wrong with one letter so far."""

    times: int = 0
    server_errors: int = 0  # between which other letters got through, and none failed
    accepted_before: int = 0
    broken_before: int = 0


class Carrying:
    """Takes a letter to Telegram and says what came of it."""

    def __init__(
        self,
        telegram: Telegram,
        *,
        make_call: CallMaker,
        check: Check,
        load_files: LoadFiles,
        note_attempts: NoteAttempts,
        answered: Callable[[], None],
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._telegram = telegram
        self._make_call = make_call
        self._check = check
        self._load_files = load_files
        self._note_attempts = note_attempts
        self._answered = answered
        self._waypoint = waypoint
        self._accepted = 0  # letters that Telegram has taken
        self._broken = 0  # calls that it answered with an error of its own
        self._troubles: dict[int, _Troubles] = {}
        self._suspects: set[int] = set()  # chats that refused us

    async def carry(self, letter: Letter) -> Outcome:
        """Raises TokenRevoked; every other failure is the letter's, or passes."""
        outcome = await self._carry(letter)
        if not isinstance(outcome, Again):
            self._troubles.pop(letter.id, None)
        return outcome

    async def _carry(self, letter: Letter) -> Outcome:
        try:
            decision = await self._check(letter, doubtful=letter.chat_id in self._suspects)
            if isinstance(decision, Later):
                return Postponed(decision.until)
            if isinstance(decision, Skip):
                return Done(Verdict("skipped", decision.reason), is_untried=True)
            call = await self._call(letter)
        except Exception as error:
            if is_passing(error):
                return Again(DATABASE_PAUSE_S, letter.attempts)
            log.error("a letter cannot be made", letter=letter.id, exc_info=error)
            return Done(Verdict("failed", "unrenderable"))
        return await self._send(letter, call)

    async def _call(self, letter: Letter) -> Call:
        if letter.has_files and not letter.files:
            letter = replace(letter, files=await self._load_files(letter.id))
        return await self._make_call.make(letter)

    async def _send(self, letter: Letter, call: Call) -> Outcome:
        self._waypoint(waypoints.SENDING)
        try:
            result = await self._telegram.call(
                call.method,
                call.fields,
                files=call.files,
                # The last try is not to be wasted on a connection that has died unnoticed.
                on_new_connection=letter.attempts > 0,
            )
        except TelegramRefused as refusal:
            return await self._refused(letter, call, refusal)
        except TelegramBroken as error:
            return self._broke(letter, str(error))
        except TelegramUnreachable as error:
            return Again(_pause_s(self._trouble(letter)), letter.attempts, down=str(error))
        except TelegramUnanswered as error:
            return await self._unanswered(letter, call, str(error))
        except Exception as error:
            # Something in it that no form can carry: it must not take the other letters along.
            log.error("a letter cannot be sent", letter=letter.id, exc_info=error)
            return Done(Verdict("failed", "unsendable"))
        self._waypoint(waypoints.SENT)
        self._answered()
        self._accepted += 1
        self._suspects.discard(letter.chat_id)
        return Done(Verdict("sent"), _message_id(result))

    async def _refused(self, letter: Letter, call: Call, refusal: TelegramRefused) -> Outcome:
        if refusal.code == TOKEN_REVOKED_CODE:
            raise TokenRevoked
        self._answered()
        if refusal.retry_after_s is not None:
            log.warning("too many requests", retry_after_s=refusal.retry_after_s)
            return Again(refusal.retry_after_s, letter.attempts, is_told=True)
        if wants_plain_text(refusal) and "parse_mode" in call.fields:
            log.error("Telegram cannot read the markup", letter=letter.id, notice=letter.notice)
            return await self._send(letter, call.as_plain_text())
        if wants_new_message(refusal) and call.can_be_new_message:
            return await self._send(letter, call.as_new_message())
        end = verdict(refusal)
        if end.unreachable and len(self._suspects) < SUSPECTS_MAX:
            self._suspects.add(letter.chat_id)
        if end.status == "failed":
            log.error(
                "refused",
                letter=letter.id,
                notice=letter.notice,
                method=call.method,
                code=refusal.code,
                description=refusal.description,
            )
        return Done(end)

    def _broke(self, letter: Letter, reason: str) -> Outcome:
        """It had no effect. Telegram is not well, or stumbles over this very letter."""
        troubles = self._trouble(letter)
        others_accepted = self._accepted > troubles.accepted_before
        others_broken = self._broken > troubles.broken_before
        if troubles.times > 1 and others_accepted and not others_broken:
            troubles.server_errors += 1
        self._broken += 1
        troubles.accepted_before, troubles.broken_before = self._accepted, self._broken
        if troubles.server_errors >= SERVER_ERRORS_MAX:
            log.error("Telegram stumbles over a letter", letter=letter.id, reason=reason)
            return Done(Verdict("failed", "server-error"))
        return Again(_pause_s(troubles), letter.attempts, down=reason)

    async def _unanswered(self, letter: Letter, call: Call, reason: str) -> Outcome:
        """It may have arrived: it is said once more at the most, and only when Telegram is well."""
        troubles = self._trouble(letter)
        if call.may_be_repeated:
            return Again(_pause_s(troubles), letter.attempts, down=reason)
        attempts = letter.attempts + 1
        if attempts >= UNANSWERED_MAX:
            log.error("no answer, twice", letter=letter.id)
            return Done(Verdict("failed", "unanswered"))
        try:
            await self._note_attempts(letter.id, attempts)
        except Exception as error:
            if not is_passing(error):
                raise
        return Again(LAST_TRY_PAUSE_S, attempts, down=reason)

    def _trouble(self, letter: Letter) -> _Troubles:
        troubles = self._troubles.setdefault(letter.id, _Troubles())
        troubles.times += 1
        return troubles


def _pause_s(troubles: _Troubles) -> float:
    return AGAIN_PAUSES_S[min(troubles.times, len(AGAIN_PAUSES_S)) - 1]


def _message_id(result: object) -> int | None:
    if isinstance(result, Mapping):
        found = result.get("message_id")
        return found if isinstance(found, int) else None
    return None
