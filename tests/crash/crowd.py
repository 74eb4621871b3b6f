"""People who go on with their business while the bot is killed around them."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

from playground.ears import NotHeard
from playground.people import Person
from playground.seen import Button, ChatMessage
from playground.server import LocalTelegram

PATIENCE_S = 90.0  # longer than any restart; who waits longer has lost an answer
SHRUG_S = 4.0  # after so long without a word a person taps again
STEPS_MAX = 60
DUPLICATES_MAX = 3


@dataclass
class Crowd:
    """What people did, so that it can be compared with what the database says."""

    telegram: LocalTelegram
    chance: random.Random
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    registered: set[str] = field(default_factory=set)
    confirmed_bills: list[int] = field(default_factory=list)
    asked: int = 0
    celebrants: int = 0  # clients of old whose birthday gift is due

    async def client(self, person: Person) -> None:
        """Registers with ✅ and ⏭ alone, then asks for the balance now and then."""
        await self._registers(person)
        while not self.stopping.is_set():
            self._maybe_twice(await person.send("/balance"))
            await person.hears("Баланс", timeout_s=PATIENCE_S)
            self.asked += 1
            await asyncio.sleep(self.chance.uniform(0.05, 0.6))

    async def _registers(self, person: Person) -> None:
        for _ in range(STEPS_MAX):
            if any(message.photo for message in person.messages):
                self.registered.add(person.phone)
                return
            button = newest_button(person, ("✅", "⏭"))
            if button is None:
                self._maybe_twice(await person.send("/start"))
            else:
                self._maybe_twice(await person.tap_button(button))
            # A tap on a message that a crash repeated leads nowhere: a person tries the next one.
            with contextlib.suppress(NotHeard):
                await person.hears(timeout_s=SHRUG_S)
        raise AssertionError("registration has no end")

    async def staff(self, person: Person, clients: list[Person], first_bill: int) -> None:
        """Books one visit after the other, each with a bill of its own, in kopecks.

        The bills are small: a level that rises between preview and tap would rightly be shown
        again before it is booked.
        """
        bill = first_bill
        while not self.stopping.is_set():
            known = [client for client in clients if client.phone in self.registered]
            if not known:
                await asyncio.sleep(0.05)
                continue
            client = self.chance.choice(known)
            bill += 1
            amount = f"{bill // 100}.{bill % 100:02d}"
            self._maybe_twice(await person.send(f"/visit {client.phone} {amount} ремонт"))
            preview = await person.hears(has_confirm, timeout_s=PATIENCE_S)
            confirm = next(button for button in preview.buttons if button.text.startswith("✅"))
            for _ in range(self.chance.choice((1, 1, 5))):
                self._maybe_twice(await person.tap_button(confirm))
            self.confirmed_bills.append(bill)
            await person.hears("№", timeout_s=PATIENCE_S)

    def _maybe_twice(self, update_id: int) -> None:
        """Telegram delivers some updates again."""
        if update_id and self.chance.random() < 0.2:
            self.telegram.redeliver(update_id, self.chance.randint(1, DUPLICATES_MAX))

    async def sometimes_refused(self) -> None:
        """Telegram says 429 now and then, to everybody."""
        while not self.stopping.is_set():
            await asyncio.sleep(self.chance.uniform(0.5, 2.0))
            self.telegram.faults.answer(
                429,
                "Too Many Requests: retry after 1",
                retry_after_s=1,
                method="sendMessage",
                times=self.chance.randint(1, 3),
            )


def has_confirm(message: ChatMessage) -> bool:
    """A preview that can be confirmed."""
    return any(label.startswith("✅") for label in message.labels)


def newest_button(person: Person, signs: tuple[str, ...]) -> Button | None:
    """The newest button of those that begin so, under a message or on the reply keyboard."""
    shown = person.chat.keyboard
    for message in reversed(person.messages):
        if shown is not None and person.chat.keyboard_message_id >= message.message_id:
            for key in (key for row in shown["keyboard"] for key in row):
                if key["text"].startswith(signs):
                    return Button(key["text"], key, person.chat.keyboard_message_id, inline=False)
        for button in message.buttons:
            if button.text.startswith(signs):
                return button
    return None
