"""What every advert carries: the button that ends them all, at once (rule 20)."""

from dataclasses import dataclass

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import Message, Toast, message
from templates.screens import Open, Screen


@callback("advert_off")
@dataclass(frozen=True)
class AdvertOff(Callback):
    """Withdraws the consent to advertising."""


def advert_off_button(labels: Labels) -> Button:
    """The last button under every advert."""
    return Button(labels("adverts.refuse"), AdvertOff())


@message("adverts/withdrawn")
@dataclass(frozen=True)
class Withdrawn(Message):
    """No advert comes any more; what still does, and the way back."""

    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("open.profile"), Open(Screen.PROFILE)))


@message("adverts/withdrawn_before")
@dataclass(frozen=True)
class WithdrawnBefore(Toast):
    """It was off already."""
