"""What a visitor may try: each part of the programme in a line, with the phone where it begins.

`text` is typed into that phone by a click; without it the phone is only opened. `to` moves the
clock instead, as the page's own keys do.
"""

from dataclasses import dataclass
from typing import Any

from playground.sample.cast import LIDIA, OLD_CARDS, OLEG, OWNER, STRANGER_ID, STRANGERS
from playground.sample.heroes import IGOR, LEO, MARIA, OLGA, PAVEL, ROMAN, VERA, Hero

SECOND_CARD = OLD_CARDS[1].phone


@dataclass(frozen=True)
class Try:
    """One line of the list, in each language of the page."""

    person: int
    ru: str
    en: str
    text: str | None = None
    text_en: str | None = None  # where it differs
    to: str | None = None

    def view(self) -> dict[str, Any]:
        """As the page gets it."""
        return {
            "person": self.person,
            "words": {"ru": self.ru, "en": self.en},
            "text": {"ru": self.text, "en": self.text_en or self.text},
            "to": self.to,
        }


@dataclass(frozen=True)
class Chapter:
    """Lines that belong together."""

    ru: str
    en: str
    tries: tuple[Try, ...]

    def view(self) -> dict[str, Any]:
        """As the page gets it."""
        return {
            "title": {"ru": self.ru, "en": self.en},
            "tries": [one.view() for one in self.tries],
        }


def _client(hero: Hero, ru: str, en: str, text: str) -> Try:
    return Try(hero.client.telegram_id, ru, en, text)


def _desk(ru: str, en: str, text: str, text_en: str | None = None) -> Try:
    return Try(OLEG.telegram_id, ru, en, text, text_en)


def _owner(ru: str, en: str, text: str) -> Try:
    return Try(OWNER.telegram_id, ru, en, text)


CHAPTERS = (
    Chapter(
        "Клиент",
        "Client",
        (
            Try(
                STRANGER_ID,
                "Стать клиентом: согласие, номер, карта",
                "Become a client: consent, number, card",
                "/start",
            ),
            Try(
                STRANGERS[0].telegram_id,
                "Старая карта: Пётр зарегистрируется и найдёт на ней 740 баллов",
                "An old card: Pyotr registers and finds his 740 points",
                "/start",
            ),
            _client(
                LEO,
                "Карта со штампами: следующая замена бесплатно",
                "A card with stamps: the next change is free",
                "/card",
            ),
            _client(
                VERA,
                "Награды: одна ждёт выдачи, её код спросят на кассе",
                "Rewards: one waits, the desk will ask for its code",
                "/rewards",
            ),
            _client(
                ROMAN,
                "Акции, забег с таблицей лидеров и код партнёра",
                "Promotions, a contest with leaders, a partner’s code",
                "/offers",
            ),
            _client(
                VERA,
                "Приглашённые друзья: Дине осталось купить на 500 ₽",
                "Invited friends: Dina has yet to spend 500 ₽",
                "/invite",
            ),
            _client(
                OLGA,
                "VIP: уровень по приглашению, до даты",
                "VIP: by invitation, until a date",
                "/tier",
            ),
        ),
    ),
    Chapter(
        "Касса",
        "The desk",
        (
            _desk(
                "Визит: расчёт и подтверждение одной кнопкой",
                "A visit: the reckoning, confirmed by one tap",
                f"/visit {ROMAN.client.phone} 4 800 ремонт",
                f"/visit {ROMAN.client.phone} 4 800 repair",
            ),
            _desk(
                "Оплата баллами: Вера подтвердит на своём телефоне",
                "Paying with points: Vera confirms on her own phone",
                f"/redeem {VERA.client.phone} 300 2 000 ремонт",
                f"/redeem {VERA.client.phone} 300 2 000 repair",
            ),
            _desk(
                "Десятая замена фильтра Льва — бесплатно",
                "Leo’s tenth filter change is free",
                f"/visit {LEO.client.phone} 890 замена фильтра",
                f"/visit {LEO.client.phone} 890 filter change",
            ),
            _desk(
                "Большой чек: его одобрит управляющий",
                "A large bill: a manager approves it",
                f"/visit {ROMAN.client.phone} 64 000 ремонт",
                f"/visit {ROMAN.client.phone} 64 000 repair",
            ),
            _desk(
                "Клиент на кассе: уровень, привилегии, визиты",
                "A client at the desk: tier, perks, visits",
                f"/client {OLGA.client.phone}",
            ),
            _desk("Визиты дня; отсюда и возврат", "The day’s visits; returns begin here", "/today"),
        ),
    ),
    Chapter(
        "Управление",
        "In charge",
        (
            _owner(
                "Спор Марии и жалобы: ответить в боте",
                "Maria’s dispute and complaints: answered in the bot",
                "/cases",
            ),
            _owner(
                "Исправить баллы: с причиной и уведомлением",
                "Put points right: with a reason, the client is told",
                f"/adjust {MARIA.client.phone}",
            ),
            Try(
                LIDIA.telegram_id,
                "Объединить две карты Веры",
                "Merge Vera’s two cards",
                f"/merge {VERA.client.phone} {SECOND_CARD}",
            ),
            _owner("Кто что делал: журнал", "Who did what: the audit log", "/audit_log"),
            _owner(
                "Плакат с QR-кодом для филиала", "A poster with a QR code for a branch", "/poster"
            ),
            _owner("Сотрудники и приглашения", "Staff and invitations", "/staff"),
        ),
    ),
    Chapter(
        "Время",
        "Time",
        (
            Try(
                IGOR.client.telegram_id,
                "+1 день: Игоря предупредят о сгорании баллов",
                "+1 day: Igor is warned that points expire",
                to="day",
            ),
            Try(
                PAVEL.client.telegram_id,
                "+3 месяца: уровень Павла пересмотрят, забег кончится",
                "+3 months: Pavel’s tier is reviewed, the contest ends",
                to="quarter",
            ),
        ),
    ),
)
