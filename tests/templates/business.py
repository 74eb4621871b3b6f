"""A renderer of a sample business, at a moment that stands still."""

from datetime import datetime
from zoneinfo import ZoneInfo

from templates.rendering import Renderer
from templates.words import Words
from tests.templates.specimens import NOW

MOSCOW = ZoneInfo("Europe/Moscow")


def make_renderer(*, now: datetime = NOW, currency: str = "RUB", minor_digits: int = 2) -> Renderer:
    return Renderer(currency, minor_digits, MOSCOW, lambda: now)


def words(lang: str = "ru", *, currency: str = "RUB", minor_digits: int = 2) -> Words:
    return make_renderer(currency=currency, minor_digits=minor_digits).words(lang)
