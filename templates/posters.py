"""The poster of a branch: chosen, drawn in the business's own figures, sent to be printed."""

from dataclasses import dataclass, replace
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, in_rows
from templates.labels import Labels
from templates.messages import AtMost, Code, Link, Message, message
from templates.pictures.poster import Fact, PosterKind, PosterPicture
from templates.registration import Promise

BRANCHES_MAX = 60


@callback("poster")
@dataclass(frozen=True)
class ShowPoster(Callback):
    """Of the branch at this place of the programme's list."""

    branch: int


@message("posters/choose_branch")
@dataclass(frozen=True)
class ChooseBranch(Message):
    """For which branch?"""

    branches: Annotated[tuple[str, ...], AtMost(BRANCHES_MAX)]

    def keyboard(self, labels: Labels) -> InlineKeyboard | None:
        if not self.branches:
            return None
        buttons = [
            Button(labels("poster.branch", name=name), ShowPoster(place))
            for place, name in enumerate(self.branches)
        ]
        return InlineKeyboard.of(*in_rows(buttons, 2))


@message("posters/poster")
@dataclass(frozen=True)
class Poster(Message):
    """One page, in the business's language whatever its owner speaks; money in minor units."""

    business: str
    branch: str
    promise: Promise
    referrer_points: int
    friend_points: int
    link: Link
    address: str
    language: Code
    kind: PosterKind

    def picture(self, labels: Labels) -> PosterPicture:
        """Drawn by delivery."""
        if self.language != labels.words.lang and self.language in ("ru", "en"):
            labels = Labels(replace(labels.words, lang=self.language))
        return PosterPicture(
            business=self.business,
            headline=labels("poster.headline"),
            facts=self._facts(labels),
            call=labels("poster.call"),
            steps=(labels("poster.scan"), labels("poster.start"), labels("poster.share")),
            address=self.address,
            branch=self.branch,
            footnote=self._footnote(labels),
            link=self.link,
            kind=self.kind,
        )

    def _facts(self, labels: Labels) -> tuple[Fact, ...]:
        words, promise = labels.words, self.promise
        facts = []
        if promise.welcome_points:
            figure = words.points(promise.welcome_points)
            facts.append(Fact(f"+{figure}", labels("poster.welcome")))
        if promise.cashback_to:
            most = words.percent(promise.cashback_to)
            same = promise.cashback_from == promise.cashback_to
            figure = most if same else labels("poster.up_to", percent=most)
            facts.append(Fact(figure, labels("poster.cashback")))
        if self.referrer_points:
            figure = words.points(self.referrer_points)
            friend = words.points(self.friend_points)
            told = labels("poster.friend", points=friend)
            bare = labels("poster.friend_bare")
            facts.append(Fact(f"+{figure}", told if self.friend_points else bare))
        if promise.birthday_points:
            figure = words.points(promise.birthday_points)
            facts.append(Fact(f"+{figure}", labels("poster.birthday")))
        return tuple(facts)

    def _footnote(self, labels: Labels) -> str:
        words = labels.words
        return f"{words.points(1)} = {words.money(self.promise.point_value)}"
