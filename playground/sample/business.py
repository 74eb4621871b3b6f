"""The programme of the sample business: the service centre's, with offers that run just now.

What runs for a while, as an action or a contest, has its days in the programme's file. There they
are those of one spring; here they lie around the day on which the sample was made, so that each
can be seen at work whenever the playground is opened.
"""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

from loyalty.programme import load_programme
from programmes import SERVICE_CENTRE

FILE_NAME = "programme.toml"
# On both sides as far as the oldest kept sample and a journey of three months reach.
PROMOTION_DAYS = (-60, 150)
CONTEST_DAYS = (-20, 40)
_SEASONS = (
    ("Зимний", "Winter"),
    ("Весенний", "Spring"),
    ("Летний", "Summer"),
    ("Осенний", "Autumn"),
)
_MORE = """
[[promotions]]
code = "filter_season"
name = {{ ru = "Время свежих фильтров", en = "Fresh filter season" }}
from = {begins}
to = {ends}
add = 50
services = ["filter"]
"""


def write_programme(folder: Path, made_on: date) -> Path:
    """Puts the programme's file, with what it names, into the folder; returns its path."""
    text = SERVICE_CENTRE.read_text("utf-8")
    for table, days in (("promotions", PROMOTION_DAYS), ("challenges", CONTEST_DAYS)):
        text = _with_days(text, table, made_on, days)
    ru, en = _SEASONS[made_on.month % 12 // 3]
    text = _replaced(text, '"Весенний забег", en = "Spring run"', f'"{ru} забег", en = "{en} run"')
    begins, ends = _days(made_on, PROMOTION_DAYS)
    path = folder / FILE_NAME
    path.write_text(text + _MORE.format(begins=begins, ends=ends), "utf-8")
    for partner in load_programme(SERVICE_CENTRE).partners:
        if partner.codes is not None:
            shutil.copy(SERVICE_CENTRE.parent / partner.codes, folder)
    return path


def _days(made_on: date, days: tuple[int, int]) -> tuple[date, date]:
    return made_on + timedelta(days=days[0]), made_on + timedelta(days=days[1])


def _with_days(text: str, table: str, made_on: date, days: tuple[int, int]) -> str:
    """The only table of this name with other days."""
    begins, ends = _days(made_on, days)
    pattern = rf"(\[\[{table}\]\][^\[]*?\nfrom = )[0-9-]+(\nto = )[0-9-]+"
    changed, count = re.subn(pattern, rf"\g<1>{begins}\g<2>{ends}", text)
    assert count == 1, f"one table of {table} with its days"
    return changed


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)
