"""The clients of the sample business: who they are, how they came, how often they come."""

import random
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

CROWD_COUNT = 36  # their lives are played by the real operations, some 15 ms a visit
FIRST_ID = 7_100_001_001
HISTORY_DAYS = 730
SEED = 20_270_201

_WOMEN = (
    "Анастасия", "Вера", "Галина", "Екатерина", "Елена", "Жанна", "Зоя", "Инна", "Ирина",
    "Ксения", "Людмила", "Мария", "Надежда", "Наталья", "Ольга", "Полина", "Светлана",
    "София", "Татьяна", "Юлия",
)  # fmt: skip
_MEN = (
    "Алексей", "Андрей", "Антон", "Борис", "Вадим", "Виктор", "Глеб", "Григорий", "Денис",
    "Дмитрий", "Егор", "Иван", "Игорь", "Кирилл", "Константин", "Максим", "Михаил", "Никита",
    "Павел", "Роман", "Сергей", "Степан", "Фёдор", "Юрий",
)  # fmt: skip
_SURNAMES = (
    "Абрамов", "Белов", "Виноградов", "Громов", "Дементьев", "Ежов", "Журавлёв", "Зимин",
    "Ильин", "Калинин", "Лазарев", "Морозов", "Назаров", "Орлов", "Поляков", "Рябов", "Савин",
    "Тихонов", "Уваров", "Филиппов", "Хромов", "Цветков", "Шилов", "Щукин", "Юдин",
)  # fmt: skip
_FOREIGNERS = ("Emma Wilson", "Jack Miller", "Priya Nair", "Lucas Martin")


class Habit(Enum):
    """How somebody comes: days between visits, at least and at most."""

    OFTEN = (10, 24)
    MONTHLY = (24, 40)
    SEASONAL = (60, 110)
    ONCE = (900, 900)


@dataclass(frozen=True)
class SampleClient:
    """One client, in days before the anchor of the story."""

    place: int
    telegram_id: int
    name: str
    language: str
    phone: str
    habit: Habit
    joined_days_ago: int
    left_days_ago: int | None  # none: still comes
    spends: float  # times the ordinary bill
    birthday: tuple[int, int] | None  # day and month
    takes_adverts: bool
    invited_by: int | None  # the place of the friend among the clients
    branch: str


@lru_cache(maxsize=1)
def crowd() -> tuple[SampleClient, ...]:
    """Those who come as dice have it, the longest known first; the same on every machine."""
    dice = random.Random(SEED)  # noqa: S311 - a story, no secret
    # A business that grows: more of them came lately.
    ages = (4 + int((HISTORY_DAYS - 10) * dice.random() ** 1.3) for _ in range(CROWD_COUNT))
    days = sorted(ages, reverse=True)
    names = _names(dice)
    return tuple(_client(dice, place, names[place], joined) for place, joined in enumerate(days))


def _names(dice: random.Random) -> list[str]:
    names = list(_FOREIGNERS)
    while len(names) < CROWD_COUNT:
        is_woman = dice.random() < 0.5
        first = dice.choice(_WOMEN if is_woman else _MEN)
        surname = dice.choice(_SURNAMES) + ("а" if is_woman else "")
        name = first if dice.random() < 0.25 else f"{first} {surname}"
        if name not in names:
            names.append(name)
    dice.shuffle(names)
    return names


def _client(dice: random.Random, place: int, name: str, joined_days_ago: int) -> SampleClient:
    habit = dice.choices(tuple(Habit), weights=(22, 42, 24, 12))[0]
    has_left = habit is not Habit.ONCE and joined_days_ago > 260 and dice.random() < 0.2
    birthday = (dice.randint(1, 28), dice.randint(1, 12)) if dice.random() < 0.75 else None
    is_invited = place > 5 and dice.random() < 0.3
    return SampleClient(
        place=place,
        telegram_id=FIRST_ID + place,
        name=name,
        language="en" if name in _FOREIGNERS else "ru",
        phone=f"+7903555{1001 + place}",
        habit=habit,
        joined_days_ago=joined_days_ago,
        left_days_ago=dice.randint(110, 200) if has_left else None,
        spends=dice.choice((0.7, 0.9, 1.0, 1.0, 1.2, 1.8)),
        birthday=birthday,
        takes_adverts=dice.random() < 0.65,
        invited_by=dice.randrange(place // 2) if is_invited else None,
        branch=dice.choices(("Центр", "Вокзал"), weights=(3, 2))[0],
    )
