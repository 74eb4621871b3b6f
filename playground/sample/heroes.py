"""Clients whose lives are written, not diced: each shows a part of the programme at work.

Days are counted before the anchor of the story, as in `clients`; money is in the major unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from loyalty.calendar import instant_of
from loyalty.invitations import Term
from playground.sample import deeds
from playground.sample.clients import CROWD_COUNT, Habit, SampleClient, crowd
from playground.sample.happenings import Act, Attendance, Deed, Happening, Registration

FIRST_HERO_ID = 7_100_002_001
FIRST_HERO_PHONE = 9_035_552_001
REGISTERED_AT = time(11, 2)


@dataclass(frozen=True)
class Came:
    """A visit; the bill in the major unit."""

    days_ago: int
    service: str
    bill: int
    pays_with_points: bool = False
    at: time = time(12, 20)


@dataclass(frozen=True)
class Did:
    """Something else, on its day."""

    days_ago: int
    act: Act
    at: time = time(15, 40)


@dataclass(frozen=True)
class Hero:
    """A client to become at a click."""

    client: SampleClient
    names: dict[str, str]
    shows: dict[str, str]  # what is to be seen here, after tier and points
    life: tuple[Came | Did, ...]

    def story(self, anchor: date, zone: ZoneInfo) -> Iterator[Happening]:
        """All of it on the days around the anchor."""
        joined = anchor - timedelta(days=self.client.joined_days_ago)
        yield Registration(instant_of(joined, REGISTERED_AT, zone), self.client)
        for event in self.life:
            at = instant_of(anchor - timedelta(days=event.days_ago), event.at, zone)
            if isinstance(event, Did):
                yield Deed(at, self.client, event.act)
            else:
                yield Attendance(
                    at,
                    self.client,
                    event.service,
                    event.bill * 100,
                    pays_with_points=event.pays_with_points,
                )


@dataclass(frozen=True)
class _Sketch:
    """A hero without what follows from the place in the list."""

    ru: str
    en: str
    shows_ru: str
    shows_en: str
    joined_days_ago: int
    life: tuple[Came | Did, ...]
    birthday: tuple[int, int] | None = None
    invited_by: int | None = None
    branch: str = "Центр"


_SKETCHES = (
    _Sketch(
        "Вера Климова",
        "Vera Klimova",
        "награда ждёт на кассе",
        "a reward waits at the desk",
        420,
        (
            Came(410, "repair", 4800),
            Came(330, "filter", 1490),
            Came(280, "repair", 12500),
            Came(200, "repair", 7900),
            Came(150, "filter", 1490),
            Did(149, partial(deeds.takes_reward, reward="diagnostics", is_fetched=True)),
            Came(95, "repair", 11900),
            Came(60, "repair", 1400, pays_with_points=True),
            Came(33, "filter", 1490),
            Did(20, partial(deeds.takes_partner_code, partner="kino")),
            Came(16, "repair", 3600),
            Did(2, partial(deeds.takes_reward, reward="diagnostics", is_fetched=False)),
        ),
        birthday=(14, 3),
    ),
    _Sketch(
        "Роман Беляев",
        "Roman Belyaev",
        "возврат, исправление баллов, почти платина",
        "a return, a correction, almost platinum",
        500,
        (
            Came(480, "repair", 4800),
            Came(300, "repair", 24700),
            Did(299, partial(deeds.takes_partner_code, partner="kino")),
            Came(240, "repair", 18900),
            Came(130, "repair", 24700),
            Came(110, "filter", 1490),
            Came(50, "repair", 18900),
            Did(49, partial(deeds.takes_reward, reward="power_bank", is_fetched=True)),
            Came(12, "repair", 9800),
            Did(9, partial(deeds.brings_back, amount=2400)),
            Did(8, partial(deeds.gets_adjusted, points=200, reason="Долго ждал деталь")),
            Came(5, "filter", 1490, at=time(18, 5)),
            Came(2, "repair", 1900, at=time(13, 15)),
        ),
        branch="Вокзал",
    ),
    _Sketch(
        "Игорь Лебедев",
        "Igor Lebedev",
        "баллы сгорят через месяц: сдвиньте время",
        "points expire in a month: move the clock",
        340,
        (
            Came(334, "repair", 14900),
            Came(200, "filter", 1190),
            Came(60, "repair", 1900),
        ),
    ),
    _Sketch(
        "Павел Крылов",
        "Pavel Krylov",
        "уровень под вопросом: сдвиньте время",
        "the tier is at stake: move the clock",
        380,
        (
            Came(345, "repair", 24700),
            Came(300, "repair", 4800),
            Came(120, "filter", 1490),
            Came(20, "repair", 2900),
        ),
        branch="Вокзал",
    ),
    _Sketch(
        "Лев Громов",
        "Leo Gromov",
        "следующая замена фильтра — бесплатно",
        "the next filter change is free",
        300,
        tuple(Came(days_ago, "filter", 890) for days_ago in range(291, 0, -34)),
    ),
    _Sketch(
        "Ольга Орлова",
        "Olga Orlova",
        "VIP по приглашению, до даты",
        "VIP by invitation, with an end date",
        260,
        (
            Came(255, "repair", 3600),
            Came(140, "repair", 6900),
            Did(40, partial(deeds.becomes_vip, term=Term.QUARTER), at=time(10, 30)),
            Came(30, "repair", 9600),
            Came(6, "filter", 1490),
        ),
        birthday=(9, 6),
    ),
    _Sketch(
        "Мария Зуева",
        "Maria Zueva",
        "оспорила визит, ждёт ответа",
        "disputed a visit, waits for an answer",
        150,
        (
            Came(146, "repair", 2400),
            Came(45, "filter", 1190),
            Came(1, "repair", 3900, at=time(19, 15)),
            Did(
                1,
                partial(
                    deeds.disputes, words="В чеке 2 900 ₽, а в карте 3 900. Проверьте, пожалуйста."
                ),
                at=time(23, 40),
            ),
        ),
    ),
    _Sketch(
        "Дина Юсупова",
        "Dina Yusupova",
        "пришла по приглашению Веры, ещё не выполнила условие",
        "invited by Vera, has yet to qualify",
        12,
        (Came(11, "filter", 400),),
        invited_by=CROWD_COUNT,
    ),
)


def _hero(place: int, sketch: _Sketch) -> Hero:
    return Hero(
        SampleClient(
            place=CROWD_COUNT + place,
            telegram_id=FIRST_HERO_ID + place,
            name=sketch.ru,
            language="ru",
            phone=f"+7{FIRST_HERO_PHONE + place}",
            habit=Habit.ONCE,
            joined_days_ago=sketch.joined_days_ago,
            left_days_ago=None,
            spends=1.0,
            birthday=sketch.birthday,
            takes_adverts=True,
            invited_by=sketch.invited_by,
            branch=sketch.branch,
        ),
        {"ru": sketch.ru, "en": sketch.en},
        {"ru": sketch.shows_ru, "en": sketch.shows_en},
        sketch.life,
    )


HEROES = tuple(_hero(place, sketch) for place, sketch in enumerate(_SKETCHES))
VERA, ROMAN, IGOR, PAVEL, LEO, OLGA, MARIA, DINA = HEROES


def sample_clients() -> tuple[SampleClient, ...]:
    """Everybody, by place."""
    return (*crowd(), *(hero.client for hero in HEROES))
