"""Faults on order: what Telegram does on a bad day, call by call."""

import time
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal["answer", "invalid_json", "bad_gateway", "drop", "hang", "slow"]


@dataclass(slots=True, eq=False)
class Fault:
    """One fault: what it is, whom it meets and how long it lasts."""

    kind: FaultKind
    method: str | None = None  # None: every method; "file" is a download
    chat_id: int | None = None
    times: int | None = None  # None: without end
    until: float | None = None  # monotonic seconds
    status: int = 500
    description: str = ""
    retry_after_s: int | None = None
    accepted: bool = False  # the effect happens before the fault
    delay_s: float = 0.0
    hits: int = 0
    _cancelled: bool = field(default=False, repr=False)

    def cancel(self) -> None:
        """Ends it early."""
        self._cancelled = True

    @property
    def is_over(self) -> bool:
        return (
            self._cancelled
            or (self.times is not None and self.hits >= self.times)
            or (self.until is not None and time.monotonic() >= self.until)
        )

    def meets(self, method: str, chat_id: int | None) -> bool:
        return (self.method is None or self.method == method) and (
            self.chat_id is None or self.chat_id == chat_id
        )


class Faults:
    """The faults that are due; the oldest that fits a call meets it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._faults)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Returns the fault that meets this call, and counts it."""
        self._faults = [fault for fault in self._faults if not fault.is_over]
        for fault in self._faults:
            if fault.meets(method, chat_id):
                fault.hits += 1
                return fault
        return None

    def answer(
        self,
        status: int,
        description: str,
        *,
        retry_after_s: int | None = None,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        for_s: float | None = None,
    ) -> Fault:
        """Refuses calls with this status and these words; nothing else happens."""
        return self._add(
            Fault(
                "answer",
                method,
                chat_id,
                times if for_s is None else None,
                _until(for_s),
                status=status,
                description=description,
                retry_after_s=retry_after_s,
            )
        )

    def too_many_requests(
        self,
        retry_after_s: int,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
    ) -> Fault:
        """429 with `retry_after`."""
        return self.answer(
            429,
            f"Too Many Requests: retry after {retry_after_s}",
            retry_after_s=retry_after_s,
            method=method,
            chat_id=chat_id,
            times=times,
        )

    def invalid_json(
        self,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        for_s: float | None = None,
        accepted: bool = False,
    ) -> Fault:
        """Answers 200 with half a JSON object."""
        bound = times if for_s is None else None
        return self._add(
            Fault("invalid_json", method, chat_id, bound, _until(for_s), accepted=accepted)
        )

    def bad_gateway(
        self,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        for_s: float | None = None,
    ) -> Fault:
        """Answers 502 with a page of HTML, as a proxy before Telegram does."""
        bound = times if for_s is None else None
        return self._add(Fault("bad_gateway", method, chat_id, bound, _until(for_s), status=502))

    def drop(
        self,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        for_s: float | None = None,
        accepted: bool = True,
    ) -> Fault:
        """Drops the connection; the effect happened unless `accepted` is False."""
        bound = times if for_s is None else None
        return self._add(Fault("drop", method, chat_id, bound, _until(for_s), accepted=accepted))

    def hang(
        self,
        delay_s: float = 3_600,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        accepted: bool = True,
    ) -> Fault:
        """Accepts, says nothing for so long that the caller gives up, then drops."""
        return self._add(Fault("hang", method, chat_id, times, accepted=accepted, delay_s=delay_s))

    def slow(
        self,
        delay_s: float,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = None,
        for_s: float | None = None,
    ) -> Fault:
        """Answers rightly, but late."""
        return self._add(Fault("slow", method, chat_id, times, _until(for_s), delay_s=delay_s))

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault


def _until(for_s: float | None) -> float | None:
    return None if for_s is None else time.monotonic() + for_s
