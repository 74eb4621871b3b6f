"""The page's own files: words in both languages, a drawing for each emoji, nothing from outside."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "playground" / "page"
SCRIPTS = sorted((PAGE / "script").glob("*.js"))
PICTURES = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]")
# Signs that every font has: they are text, not pictures.
PLAIN_SIGNS = set("→←↔▶◀★☆✓✗")


def _words() -> dict[str, tuple[str, str]]:
    text = (PAGE / "script" / "words.js").read_text("utf-8")
    pattern = r'^  "?([a-z_.]+)"?: \{\s*ru:\s*"([^"]*)",\s*en:\s*"([^"]*)",?\s*\},?$'
    found = re.findall(pattern, text, re.MULTILINE)
    return {key: (ru, en) for key, ru, en in found}


def test_every_word_of_the_page_is_said_in_both_languages() -> None:
    words = _words()
    text = (PAGE / "script" / "words.js").read_text("utf-8")
    assert len(words) == len(re.findall(r"\bru:", text)) > 60
    for key, (ru, en) in words.items():
        assert ru, key
        assert en, key
        assert sorted(re.findall(r"\{\w+\}", ru)) == sorted(re.findall(r"\{\w+\}", en)), key
        assert not re.search("[А-Яа-яЁё]", en), key


def test_every_word_that_is_asked_for_exists() -> None:
    known = set(_words())
    asked = set(re.findall(r'data-word="([a-z_.]+)"', (PAGE / "index.html").read_text("utf-8")))
    for script in SCRIPTS:
        text = script.read_text("utf-8")
        asked |= set(re.findall(r'\b(?:word|say|label)\("([a-z_.]+)"', text))
    assert asked - known == set()


def test_the_signs_of_buttons_and_badges_have_a_drawing_where_fonts_have_none() -> None:
    """Any other emoji gets a common one."""
    said = set("✅❌⏭")
    for file in ROOT.glob("programmes/*.toml"):
        said |= set(PICTURES.findall(file.read_text("utf-8")))
    drawn = (PAGE / "script" / "symbols.js").read_text("utf-8")
    missing = {sign for sign in said - PLAIN_SIGNS if f'"{sign}":' not in drawn}
    assert missing == set()


@pytest.mark.parametrize("file", [f for f in PAGE.rglob("*") if f.is_file()], ids=lambda f: f.name)
def test_the_page_fetches_nothing_from_outside(file: Path) -> None:
    text = file.read_text("utf-8")
    addresses = set(re.findall(r"https?://[a-z0-9.-]+", text))
    assert addresses <= {"http://www.w3.org", "https://t.me"}
    assert "@import" not in text


def test_what_people_type_never_becomes_markup() -> None:
    for script in SCRIPTS:
        text = script.read_text("utf-8")
        assert not re.search(
            r"\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write", text
        )
        assert "eval(" not in text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_stay_readable_in_one_sitting(script: Path) -> None:
    assert len(script.read_text("utf-8").splitlines()) <= 300
