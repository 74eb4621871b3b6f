"""Who works in the sample business, and the strangers who have not met its bot yet."""

from dataclasses import dataclass

from storage.people import Role


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here; the name in each language of the page."""

    telegram_id: int
    names: dict[str, str]
    role: Role
    branch: str | None
    phone: str

    @property
    def name(self) -> str:
        return self.names["ru"]


@dataclass(frozen=True)
class Stranger:
    """Somebody whom the bot does not know."""

    telegram_id: int
    name: str
    language: str
    phone: str
    english_name: str | None = None  # on a page in English, until they have spoken


STRANGER_ID = 7_100_000_001
STRANGER_NAMES = {"ru": "Анна", "en": "Anna"}
STRANGER_PHONE = "+79035550001"

STRANGERS = (
    Stranger(7_100_000_002, "Пётр Соколов", "ru", "+79035550002", "Pyotr Sokolov"),
    Stranger(7_100_000_003, "Olivia Brown", "en", "+447400123456"),
)


@dataclass(frozen=True)
class OldCard:
    """A line of the list from before the bot; money in the major unit."""

    phone: str
    name: str
    balance: int
    spend: int


OLD_CARDS = (
    # Who has not met the bot yet finds this card on registering.
    OldCard(STRANGERS[0].phone, STRANGERS[0].name, 740, 34_000),
    # The second card, with a former number, of somebody who came again in the bot: to be merged.
    OldCard("+79035559001", "Вера Климова", 260, 5_200),
)

OWNER = Colleague(7_100_000_100, {"ru": "Марина", "en": "Marina"}, Role.OWNER, None, "+79035550100")
OLEG = Colleague(7_100_000_101, {"ru": "Олег", "en": "Oleg"}, Role.STAFF, "Центр", "+79035550101")
DARIA = Colleague(
    7_100_000_102, {"ru": "Дарья", "en": "Daria"}, Role.STAFF, "Центр", "+79035550102"
)
TIMUR = Colleague(
    7_100_000_103, {"ru": "Тимур", "en": "Timur"}, Role.STAFF, "Вокзал", "+79035550103"
)
LIDIA = Colleague(7_100_000_104, {"ru": "Лидия", "en": "Lidia"}, Role.MANAGER, None, "+79035550104")

COLLEAGUES = (OWNER, OLEG, DARIA, TIMUR, LIDIA)
FIRST_SHOWN = (STRANGER_ID, OLEG.telegram_id, OWNER.telegram_id)
