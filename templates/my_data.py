"""A client's own data: all of it in one file, or gone for good (rule 21)."""

from dataclasses import dataclass
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, Keyboard, RemoveKeyboard, Style
from templates.labels import Labels
from templates.messages import AtMost, Message, Toast, message
from templates.profile import BackToProfile

REWARDS_SHOWN_MAX = 10


@callback("my_data_file")
@dataclass(frozen=True)
class DownloadMyData(Callback):
    """All of it in one file."""


@callback("my_data_ask")
@dataclass(frozen=True)
class AskErasure(Callback):
    """Shows what would be lost."""


@callback("my_data_erase")
@dataclass(frozen=True)
class EraseMe(Callback):
    """Yes, for good: this record, and none that the same person has by then."""

    client_id: int


@callback("erase_client")
@dataclass(frozen=True)
class EraseClient(Callback):
    """An owner's yes, on a client's written request."""

    client_id: int


@callback("erase_keep")
@dataclass(frozen=True)
class KeepClient(Callback):
    """An owner's no."""

    client_id: int


@message("my_data/my_data")
@dataclass(frozen=True)
class MyData(Message):
    """The two rights, in plain words."""

    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("my_data.file"), DownloadMyData()),
            Button(labels("my_data.ask"), AskErasure()),
            Button(labels("profile.back"), BackToProfile()),
        )


@message("my_data/preparing")
@dataclass(frozen=True)
class Preparing(Message):
    """The file comes by itself."""

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("profile.back"), BackToProfile()))


@message("my_data/file_ready")
@dataclass(frozen=True)
class FileReady(Message):
    """The caption of the file."""

    business: str


@message("my_data/ask_my_erasure")
@dataclass(frozen=True)
class AskMyErasure(Message):
    """What is lost for good, before it is."""

    client_id: int
    points: int  # a debt is below zero
    pending: int  # that would become active
    rewards: Annotated[tuple[str, ...], AtMost(REWARDS_SHOWN_MAX)]  # paid for, not fetched
    level: str | None  # none: the programme has no levels
    badges: int
    visits: int
    works_here: bool
    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("my_data.confirm"), EraseMe(self.client_id), Style.DANGER),
            Button(labels("my_data.refuse"), BackToProfile()),
        )


@message("my_data/farewell")
@dataclass(frozen=True)
class Farewell(Message):
    """It is done; the last word to a client, and the way back."""

    business: str
    works_here: bool = False

    def keyboard(self, labels: Labels) -> Keyboard:
        return RemoveKeyboard()


@message("my_data/erased_mine")
@dataclass(frozen=True)
class ErasedMine(Toast):
    """Over the button that was tapped."""


# -- an owner, on a written request


@message("my_data/erase_usage")
@dataclass(frozen=True)
class EraseUsage(Message):
    """How it is written."""

    example: str


@message("my_data/nobody_to_erase")
@dataclass(frozen=True)
class NobodyToErase(Message):
    """No client has this phone or card: there is nothing to erase, or not any more."""


@message("my_data/erase_own")
@dataclass(frozen=True)
class EraseOwn(Message):
    """One's own card is erased in one's own profile."""


@message("my_data/ask_client_erasure")
@dataclass(frozen=True)
class AskClientErasure(Message):
    """Is it really this one?"""

    client_id: int
    client_name: str
    phone: str  # but for its last digits hidden
    points: int
    visits: int
    rewards: int
    level: str | None
    in_bot: bool  # they will be told

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("erasing.confirm"), EraseClient(self.client_id), Style.DANGER),
            Button(labels("erasing.refuse"), KeepClient(self.client_id)),
        )


@message("my_data/client_erased")
@dataclass(frozen=True)
class ClientErased(Message):
    """Done; nobody is named."""

    points: int
    repeated: bool


@message("my_data/client_kept")
@dataclass(frozen=True)
class ClientKept(Message):
    """Nothing was done."""
