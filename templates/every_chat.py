"""What the bot may say in any chat, whatever the person was about."""

from dataclasses import dataclass

from templates.client import Menu, main_menu
from templates.keyboards import Keyboard
from templates.labels import Labels
from templates.messages import Message, Toast, message


@message("common/unknown_command")
@dataclass(frozen=True)
class UnknownCommand(Message):
    """To a command that is none, or not this person's: word for word the same, and not repeated."""


@message("common/apology")
@dataclass(frozen=True)
class Apology(Message):
    """Something went wrong on our side."""


@message("common/outdated")
@dataclass(frozen=True)
class Outdated(Message):
    """In place of a reply that waited too long to be true still."""


@message("common/cancelled")
@dataclass(frozen=True)
class Cancelled(Message):
    """/cancel ended a dialogue; with a menu where the keys below were that dialogue's."""

    menu: Menu | None = None

    def keyboard(self, labels: Labels) -> Keyboard | None:
        return None if self.menu is None else main_menu(labels, self.menu)


@message("common/nothing_to_cancel")
@dataclass(frozen=True)
class NothingToCancel(Message):
    """/cancel found no dialogue."""


@message("common/too_fast")
@dataclass(frozen=True)
class TooFast(Message):
    """The person sends more than we take."""


@message("common/unknown_tap")
@dataclass(frozen=True)
class UnknownTap(Toast):
    """A button that no longer does anything."""
