"""What managers and owners hear of cases unasked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.disputes import Disputed
from templates.feedback import AboutVisit, Rating
from templates.keyboards import Button, InlineKeyboard, Keyboard, Style
from templates.labels import Labels
from templates.messages import AtMost, Message, message

DISPUTED_SHOWN_MAX = 6


@callback("case")
@dataclass(frozen=True)
class OpenCase(Callback):
    """Shows a case to who answers it."""

    case_id: int


@callback("case_answer")
@dataclass(frozen=True)
class AnswerCase(Callback):
    """Asks for the answer's words."""

    case_id: int


@callback("case_close")
@dataclass(frozen=True)
class CloseCase(Callback):
    """Nothing more is to be done."""

    case_id: int


class Topic(StrEnum):
    """What a case is about."""

    COMPLAINT = "complaint"
    PHONE = "phone"


@dataclass(frozen=True)
class Heading:
    """A case as every message to its answerers begins."""

    number: int
    topic: Topic
    client: str | None
    phone: str | None
    visit: AboutVisit | None
    rating: Rating | None
    disputed: Annotated[tuple[Disputed, ...], AtMost(DISPUTED_SHOWN_MAX)] = ()


def _answer_keys(labels: Labels, case_id: int) -> Keyboard:
    return InlineKeyboard.of(
        (
            Button(labels("cases.answer"), AnswerCase(case_id), Style.PRIMARY),
            Button(labels("cases.close"), CloseCase(case_id)),
        ),
        (Button(labels("cases.open", case=case_id), OpenCase(case_id)),),
    )


@message("case_notices/opened")
@dataclass(frozen=True)
class Opened(Message):
    """To managers and owners: a client is unhappy, or a phone is claimed twice."""

    heading: Heading
    due_at: datetime
    text: str | None = None

    def keyboard(self, labels: Labels) -> Keyboard:
        return _answer_keys(labels, self.heading.number)


@message("case_notices/client_wrote")
@dataclass(frozen=True)
class ClientWrote(Message):
    """To managers and owners: more from the client."""

    heading: Heading
    text: str | None
    due_at: datetime
    reopened: bool
    disputes: bool = False  # one thing more, in the case that is open

    def keyboard(self, labels: Labels) -> Keyboard:
        return _answer_keys(labels, self.heading.number)


@message("case_notices/overdue")
@dataclass(frozen=True)
class Overdue(Message):
    """To managers and owners: the promised hours are over."""

    heading: Heading
    due_at: datetime

    def keyboard(self, labels: Labels) -> Keyboard:
        return _answer_keys(labels, self.heading.number)


@message("case_notices/answered_by")
@dataclass(frozen=True)
class AnsweredBy(Message):
    """To the other managers and owners: somebody took care of it."""

    number: int
    client: str | None
    by: str
    text: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("cases.open", case=self.number), OpenCase(self.number))
        )


@message("case_notices/closed_by")
@dataclass(frozen=True)
class ClosedBy(Message):
    """To the other managers and owners: the case is closed."""

    number: int
    client: str | None
    by: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("cases.open", case=self.number), OpenCase(self.number))
        )


@message("case_notices/withdrawn")
@dataclass(frozen=True)
class Withdrawn(Message):
    """To managers and owners: the client took the case back."""

    number: int
    client: str | None

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("cases.open", case=self.number), OpenCase(self.number))
        )
