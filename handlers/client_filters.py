"""Who is a client, which key of a reply keyboard was tapped, and what is no words but a command."""

from aiogram.filters import Filter
from aiogram.types import Message, TelegramObject

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


class IsCommand(Filter):
    """The words begin as a command does, whether or not there is such a one."""

    async def __call__(self, message: Message) -> bool:
        return (message.text or "").startswith("/")
