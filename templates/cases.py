"""Cases: what a client complains of, who answers it, and what each of them reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.case_notices import AnswerCase, CloseCase, Heading, OpenCase, Topic
from templates.feedback import Rating
from templates.keyboards import Button, InlineKeyboard, Keyboard, Style
from templates.labels import Labels
from templates.messages import AtMost, Message, Toast, message
from templates.previews import OpenClient
from templates.remedies import AskMove, OfferApology
from templates.returns import OpenReturn

CASES_PAGE_ROWS = 8
SAID_SHOWN_MAX = 8


@callback("case_page")
@dataclass(frozen=True)
class TurnCases(Callback):
    """Another page of the list, in place of the one that is shown."""

    page: int


@callback("case_send")
@dataclass(frozen=True)
class SendAnyway(Callback):
    """The answer goes out although a colleague was quicker."""

    case_id: int


@callback("case_drop")
@dataclass(frozen=True)
class DropAnswer(Callback):
    """The answer stays unsent."""

    case_id: int


@dataclass(frozen=True)
class Said:
    """A line of the conversation; `by` None: the client."""

    by: str | None
    by_staff: bool
    at: datetime
    rating: Rating | None
    text: str | None


@dataclass(frozen=True)
class ListedCase:
    """A line of the list; `due_at` None: the next word is the client's."""

    number: int
    topic: Topic
    client: str | None
    rating: Rating | None
    due_at: datetime | None
    is_late: bool


@message("cases/open_cases")
@dataclass(frozen=True)
class OpenCases(Message):
    """What waits for an answer, the most urgent first."""

    rows: Annotated[tuple[ListedCase, ...], AtMost(CASES_PAGE_ROWS)]
    total: int
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> Keyboard | None:
        if not self.rows:
            return None
        turns = []
        if self.page > 1:
            turns.append(Button(labels("cases.back"), TurnCases(self.page - 1)))
        if self.page < self.pages:
            turns.append(Button(labels("cases.on"), TurnCases(self.page + 1)))
        return InlineKeyboard.of(*((_row(labels, row),) for row in self.rows), turns)


def _row(labels: Labels, row: ListedCase) -> Button:
    mark = "🔥" if row.is_late else ("🕓" if row.due_at else "💬")
    name = row.client or "…"
    return Button(labels("cases.row", mark=mark, case=row.number, name=name), OpenCase(row.number))


@message("cases/case")
@dataclass(frozen=True)
class Case(Message):
    """The whole of a case, as who answers it sees it."""

    heading: Heading
    opened_at: datetime
    due_at: datetime | None
    is_late: bool
    closed_by: str | None
    is_open: bool
    earlier: int  # how many messages are not shown
    said: Annotated[tuple[Said, ...], AtMost(SAID_SHOWN_MAX)]
    apology_points: int = 0  # that went with it
    may_give_points: bool = False
    client_id: int = 0  # 0: none to look at

    def keyboard(self, labels: Labels) -> Keyboard:
        number = self.heading.number
        movable = self.is_open and self.heading.topic is Topic.PHONE
        return InlineKeyboard.of(
            (
                Button(labels("cases.answer"), AnswerCase(number), Style.PRIMARY),
                Button(labels("cases.close"), CloseCase(number)) if self.is_open else None,
            ),
            (Button(labels("remedies.move"), AskMove(number)) if movable else None,),
            (
                Button(labels("remedies.apology"), OfferApology(number))
                if self.may_give_points
                else None,
            ),
            *((_return_of(labels, visit_id),) for visit_id in self._disputed_visits()),
            (
                Button(labels("desk.client"), OpenClient(self.client_id))
                if self.client_id
                else None,
            ),
            (Button(labels("cases.list"), TurnCases(1)),),
        )

    def _disputed_visits(self) -> list[int]:
        """What is disputed may have to be returned."""
        if not self.is_open:
            return []
        return [thing.visit_id for thing in self.heading.disputed if thing.visit_id is not None]


def _return_of(labels: Labels, visit_id: int) -> Button:
    return Button(labels("cases.return", visit=visit_id), OpenReturn(visit_id))


@message("cases/ask_answer")
@dataclass(frozen=True)
class AskAnswer(Message):
    """What shall the client be told?"""

    number: int
    client: str | None
    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("cases.cancel"), DropAnswer(self.number)))


@message("cases/overtaken")
@dataclass(frozen=True)
class Overtaken(Message):
    """A colleague was quicker: shall the words go out all the same?"""

    number: int
    by: str | None
    text: str | None  # of the colleague; None: closed without an answer
    mine: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("cases.confirm_send"), SendAnyway(self.number)),
            Button(labels("cases.refuse_send"), DropAnswer(self.number)),
        )


@message("cases/answered")
@dataclass(frozen=True)
class Answered(Message):
    """The answer is on its way."""

    number: int
    client: str | None
    is_open: bool
    reachable: bool

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.of(
            (Button(labels("cases.close"), CloseCase(self.number)) if self.is_open else None,),
            (Button(labels("cases.list"), TurnCases(1)),),
        )


@message("cases/dropped")
@dataclass(frozen=True)
class Dropped(Message):
    """Nothing was sent; the case stands as it stood."""

    number: int

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("cases.open", case=self.number), OpenCase(self.number))
        )


@message("cases/own_case")
@dataclass(frozen=True)
class OwnCase(Toast):
    """Nobody answers their own complaint."""


@message("cases/answer_too_long")
@dataclass(frozen=True)
class AnswerTooLong(Message):
    """More words than are sent in one message."""

    length: int
    length_max: int


@message("cases/answer_text_only")
@dataclass(frozen=True)
class AnswerTextOnly(Message):
    """Only words go out as an answer."""


@message("cases/closed")
@dataclass(frozen=True)
class Closed(Toast):
    """It is closed."""

    number: int


@message("cases/closed_before")
@dataclass(frozen=True)
class ClosedBefore(Toast):
    """A colleague was quicker."""

    number: int
    by: str | None
