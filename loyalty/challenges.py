"""Contests: when they run, and what a place wins."""

from datetime import date, time, timedelta
from enum import StrEnum

from loyalty.programme.model import Programme
from loyalty.programme.offers import Challenge

PRIZES_AT = time(10)  # on the day after the end: until then the desk can put its mistakes right
ANNOUNCED_DAYS_AHEAD = 31
RESULT_SHOWN_DAYS = 60


class Phase(StrEnum):
    """Where a contest stands on a day."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    ENDED = "ended"


def phase_of(challenge: Challenge, today: date) -> Phase:
    """Its first and its last day belong to the contest."""
    if today < challenge.from_:
        return Phase.UPCOMING
    return Phase.RUNNING if today <= challenge.to else Phase.ENDED


def prizes_on(challenge: Challenge) -> date:
    """The day on which the prizes are given."""
    return challenge.to + timedelta(days=1)


def prizes_due(challenge: Challenge, today: date, at: time) -> bool:
    """Whether the moment has come; it is never too late."""
    return (today, at) >= (prizes_on(challenge), PRIZES_AT)


def prize_for(challenge: Challenge, place: int) -> int:
    """Points for the n-th place, counted from 1; 0: none."""
    return challenge.prizes[place - 1] if 1 <= place <= len(challenge.prizes) else 0


def announced(programme: Programme, today: date) -> tuple[Challenge, ...]:
    """What there is to look at: running ones by their end, then the next ones, then results."""
    running, upcoming, ended = [], [], []
    for challenge in programme.challenges:
        phase = phase_of(challenge, today)
        if phase is Phase.RUNNING:
            running.append(challenge)
        elif phase is Phase.ENDED and today <= challenge.to + timedelta(days=RESULT_SHOWN_DAYS):
            ended.append(challenge)
        elif phase is Phase.UPCOMING and (challenge.from_ - today).days <= ANNOUNCED_DAYS_AHEAD:
            upcoming.append(challenge)
    return (
        *sorted(running, key=lambda found: found.to),
        *sorted(upcoming, key=lambda found: found.from_),
        *sorted(ended, key=lambda found: found.to, reverse=True),
    )
