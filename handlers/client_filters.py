"""Who is a client, which key of a reply keyboard was tapped, and what is no words but a command."""

from aiogram.filters import Filter, StateFilter, or_f
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import Message, TelegramObject

from handlers.conversations import PAUSED
from operations.senders import Sender
from templates.labels import spellings


class IsClient(Filter):
    """The sender has a card."""

    async def __call__(self, event: TelegramObject, sender: Sender) -> bool:
        return sender.client is not None


class IsStranger(Filter):
    """The sender has no card, yet; members of staff too may be strangers so far."""

    async def __call__(self, event: TelegramObject, sender: Sender) -> bool:
        return sender.client is None


class Key(Filter):
    """A reply key with one of these labels, in whatever language it is shown."""

    def __init__(self, *labels: str) -> None:
        self._spellings = frozenset().union(*map(spellings, labels))

    async def __call__(self, message: Message) -> bool:
        return message.text in self._spellings


class Paused(Filter):
    """A command broke in at this step, whose keys may still be shown: they go on from there."""

    def __init__(self, step: State) -> None:
        self._step = step.state

    async def __call__(self, message: Message, state: FSMContext, sender: Sender) -> bool:
        if await state.get_state() is not None:
            return False
        if (await state.get_data()).get(PAUSED) != self._step:
            return False
        # Whoever works here may be sending a client's contact to the desk.
        contact = message.contact
        return contact is None or sender.role is None or contact.user_id == sender.telegram_id


def at(step: State) -> Filter:
    """At this step, also where a command has broken in since: its keys go on from there."""
    return or_f(StateFilter(step), Paused(step))


class IsCommand(Filter):
    """The words begin as a command does, whether or not there is such a one."""

    async def __call__(self, message: Message) -> bool:
        return (message.text or "").startswith("/")
