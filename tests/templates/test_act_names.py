"""The audit log has codes; whoever reads it gets words for each of them."""

import re
from pathlib import Path

import pytest

from templates.labels import label_table

ROOT = Path(__file__).parents[2]
NOUNS = ("approval", "case", "client", "clients", "feedback", "points", "redemption", "reward")
NOUNS += ("role", "staff", "tap", "visit")
_CODE = re.compile(rf'"((?:{"|".join(NOUNS)})\.[a-z_]+)"')
# Made of a noun and a status.
MADE = {
    *(f"approval.{status}" for status in ("approved", "refused", "lapsed", "withdrawn", "void")),
    *(f"redemption.{status}" for status in ("refused", "lapsed", "withdrawn", "void")),
    "reward.cancelled",
    "reward.lapsed",
}


def _recorded() -> set[str]:
    found = set(MADE)
    for folder in ("operations", "handlers", "bot"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(_CODE.findall(path.read_text("utf-8")))
    return found


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_act_on_record_has_words(language: str) -> None:
    table = label_table(language)
    codes = _recorded()
    assert len(codes) > 40
    assert sorted(code for code in codes if f"act.{code.replace('.', '_')}" not in table) == []
