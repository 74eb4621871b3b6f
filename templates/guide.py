"""The training page for a new colleague."""

from dataclasses import dataclass

from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import Message, message
from templates.previews import StartVisit
from templates.today import ShowToday


@message("guide/guide")
@dataclass(frozen=True)
class Guide(Message):
    """How to work with the bot, in two minutes."""

    business: str
    undo_minutes: int
    hold_minutes: int
    approve_above: int | None  # minor units; none: no bill waits for a manager
    for_managers: bool
    rewards: bool = False  # the programme has any
    branch: str | None = None  # one of theirs, for the example

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("visit.following"), StartVisit()),
            Button(labels("guide.today"), ShowToday(1)),
        )
