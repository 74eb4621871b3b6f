"""How was it? Five buttons, then words if there are any."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.case_replies import ReplyToCase
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import Message, Specimens, Toast, message

RATINGS = (1, 2, 3, 4, 5)
Rating = Annotated[int, Specimens(*RATINGS)]


@callback("rate")
@dataclass(frozen=True)
class Rate(Callback):
    """Rates a visit by its number, or answers the /feedback that was that message of the chat."""

    about: int
    is_visit: bool
    rating: int


@callback("feedback_skip")
@dataclass(frozen=True)
class SkipWords(Callback):
    """The rating says it all."""

    feedback_id: int


@dataclass(frozen=True)
class AboutVisit:
    """Which visit it is about, as the client remembers it."""

    number: int
    on: date
    service: str | None
    branch: str


def rating_row(
    labels: Labels, about: int, *, is_visit: bool, chosen: int | None = None
) -> tuple[Button, ...]:
    """One button a rating; the chosen one is marked."""
    return tuple(
        Button(
            labels("feedback.chosen", rating=rating)
            if rating == chosen
            else labels(f"feedback.rate_{rating}"),
            Rate(about, is_visit, rating),
        )
        for rating in RATINGS
    )


@message("feedback/request")
@dataclass(frozen=True)
class Request(Message):
    """Some hours after a visit, unasked."""

    business: str
    visit: AboutVisit
    points: int = 0  # for words beside the rating

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.of(rating_row(labels, self.visit.number, is_visit=True))


@message("feedback/question")
@dataclass(frozen=True)
class Question(Message):
    """To /feedback: about the last visit, or about the place where there is none to speak of."""

    business: str
    visit: AboutVisit | None
    asked: int
    points: int = 0  # for words beside the rating

    def keyboard(self, labels: Labels) -> Keyboard:
        if self.visit is None:
            return InlineKeyboard.of(rating_row(labels, self.asked, is_visit=False))
        return InlineKeyboard.of(rating_row(labels, self.visit.number, is_visit=True))


@message("feedback/rated")
@dataclass(frozen=True)
class Rated(Message):
    """In place of the question: what was tapped, to be changed or explained."""

    rating: Rating
    complaint: bool
    answer_within_hours: int
    feedback_id: int
    about: int
    is_visit: bool
    points: int = 0  # for words

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.of(
            rating_row(labels, self.about, is_visit=self.is_visit, chosen=self.rating),
            (Button(labels("feedback.skip"), SkipWords(self.feedback_id)),),
        )


@message("feedback/thanks")
@dataclass(frozen=True)
class Thanks(Message):
    """The end of it; after a complaint, what happens next."""

    rating: Rating
    complaint: bool
    answer_within_hours: int
    with_words: bool
    case_id: int | None = None

    def keyboard(self, labels: Labels) -> Keyboard | None:
        if self.case_id is None:
            return None
        return InlineKeyboard.stacked(Button(labels("cases.add"), ReplyToCase(self.case_id)))


@message("feedback/already_final")
@dataclass(frozen=True)
class AlreadyFinal(Toast):
    """A rating is tapped that was explained, or left without words, before."""

    rating: Rating


@message("feedback/text_only")
@dataclass(frozen=True)
class TextOnly(Message):
    """A voice message, a picture: nobody would find it again."""


@message("feedback/too_long")
@dataclass(frozen=True)
class TooLong(Message):
    """More words than are kept."""

    length: int
    length_max: int


@message("feedback/praise")
@dataclass(frozen=True)
class Praise(Message):
    """To whoever served, and to those who lead: words that came with a good rating."""

    client: str | None
    rating: Rating
    text: str
    visit: AboutVisit | None
