"""What is measured: the time from an update to its reply, and how many go through."""

import asyncio
import time
from dataclasses import dataclass

from playground.people import Person
from playground.server import LocalTelegram

WAIT_MAX_S = 120.0


def percentile(values: list[float], percent: float) -> float:
    """The value that so many percent do not exceed; nearest rank."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


async def until_sends(telegram: LocalTelegram, wanted: int) -> float:
    """Waits until so many messages were accepted; when the last one was, in monotonic seconds."""
    async with asyncio.timeout(WAIT_MAX_S):
        while True:
            sent = telegram.calls.of("sendMessage", ok=True)
            if len(sent) >= wanted:
                return sent[wanted - 1].at
            await asyncio.sleep(0.05)


async def replies_per_second(telegram: LocalTelegram, people: list[Person], rounds: int) -> float:
    """All of them ask at once, so many times each; replies in a second."""
    telegram.calls.clear()
    began = time.monotonic()
    for _ in range(rounds):
        for person in people:
            await person.send("/balance")
    ended = await until_sends(telegram, rounds * len(people))
    return rounds * len(people) / (ended - began)


@dataclass(frozen=True)
class Latency:
    """From an update to its reply, in milliseconds."""

    p50_ms: float
    p99_ms: float


async def latency(
    telegram: LocalTelegram, people: list[Person], *, per_second: float, seconds: float
) -> Latency:
    """People ask evenly at this rate; each one's reply is waited for by its chat."""
    telegram.calls.clear()
    asked: dict[int, float] = {}
    begin = time.monotonic()
    count = int(per_second * seconds)
    assert count <= len(people), "each person asks once, so that a reply has one question"
    for number, person in enumerate(people[:count]):
        at = begin + number / per_second
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        asked[person.id] = time.monotonic()
        await person.send("/balance")
    await until_sends(telegram, count)
    took = [
        (call.at - asked[call.chat_id]) * 1000
        for call in telegram.calls.of("sendMessage", ok=True)
        if call.chat_id in asked
    ]
    return Latency(percentile(took, 50), percentile(took, 99))
