"""The words on buttons: the same in both languages, all there, and marked as the contract says."""

import ast
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

import templates
from templates.client import main_menu
from templates.keyboards import LABEL_UTF16_MAX
from templates.labels import (
    PLACEHOLDER,
    LabelMisfilled,
    Labels,
    LabelUnknown,
    label_table,
    spellings,
)
from templates.lengths import utf16_length
from templates.rendering import environment
from templates.words import LANGUAGES
from tests.templates.business import words

FOLDER = Path(templates.__file__).parent
SPEAKING_PACKAGES = ("templates", "handlers", "scheduler", "bot")

MARKS = {
    "✅": ("confirm", "agree", "yes"),
    "❌": ("refuse", "reject", "decline", "no", "cancel"),
    "⏭": ("skip",),
}
LONGER = ("commands.",)  # descriptions of commands are labels that stand on no button


def test_both_languages_have_the_same_labels_and_placeholders() -> None:
    russian, english = label_table("ru"), label_table("en")
    assert russian.keys() == english.keys()
    for key, label in russian.items():
        there = set(PLACEHOLDER.findall(english[key]))
        assert set(PLACEHOLDER.findall(label)) == there, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_are_short_and_tidy(lang: str) -> None:
    for key, label in label_table(lang).items():
        assert label == " ".join(label.split()), key
        assert label, key
        assert not set(PLACEHOLDER.sub("", label)) & set("{}"), key
        if not key.startswith(LONGER):
            assert utf16_length(label) <= LABEL_UTF16_MAX, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_what_agrees_refuses_or_skips_is_marked_so(lang: str) -> None:
    for key, label in label_table(lang).items():
        action = key.rpartition(".")[2].split("_")[0]
        for mark, actions in MARKS.items():
            assert label.startswith(f"{mark} ") == (action in actions), f"{key}: {label}"
            assert mark not in label[1:], f"{key}: {label}"


def test_a_label_begins_with_the_same_sign_in_both_languages() -> None:
    for key, label in label_table("ru").items():
        assert sign(label) == sign(label_table("en")[key]), key


def test_no_two_keys_of_the_menu_read_alike() -> None:
    keys = [key for key in label_table("ru") if key.startswith("menu.")]
    spelt = [spelling for key in keys for spelling in spellings(key)]
    assert len(spelt) == len(set(spelt))


def test_every_label_that_is_asked_for_exists() -> None:
    asked = {*keys_in_python(), *keys_in_templates()}
    assert {"menu.card"} <= asked
    assert asked <= label_table("ru").keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_menu_is_made_of_labels(lang: str) -> None:
    keyboard = main_menu(Labels(words(lang)))
    assert {key.label for row in keyboard.rows for key in row} <= set(label_table(lang).values())


def test_a_tapped_reply_key_is_known_in_either_language() -> None:
    assert spellings("menu.balance") == {"⭐ Баланс", "⭐ Balance"}


def test_an_unknown_label_and_wrong_values_are_refused() -> None:
    labels = Labels(words("ru"))
    with pytest.raises(LabelUnknown):
        labels("menu.nothing")
    with pytest.raises(LabelUnknown):
        spellings("menu.nothing")
    with pytest.raises(LabelMisfilled):
        labels("menu.card", name="Анна")


def test_values_are_filled_in_once_and_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"a.confirm": "✅ Списать {points} у {name}"}
    monkeypatch.setattr("templates.labels.label_table", {"ru": table}.get)
    labels = Labels(words("ru"))
    assert labels("a.confirm", points=1200, name="{points}") == "✅ Списать 1\u00a0200 у {points}"
    assert utf16_length(labels("a.confirm", points=1, name="Ж" * 900)) <= LABEL_UTF16_MAX
    with pytest.raises(LabelMisfilled):
        labels("a.confirm", points=1)


def sign(label: str) -> str:
    return "" if unicodedata.category(label[0])[0] in "LN{" or label[0] == "{" else label[0]


def keys_in_python() -> Iterator[str]:
    """The literal keys in ``labels("…")`` and ``spellings("…")``, and any text that is a key."""
    known = label_table("ru").keys()
    for package in SPEAKING_PACKAGES:
        for path in (FOLDER.parent / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and asks_for_label(node.func):
                    if isinstance(node.args[0], ast.Constant):
                        yield str(node.args[0].value)
                elif isinstance(node, ast.Constant) and node.value in known:
                    yield str(node.value)


def asks_for_label(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in ("labels", "spellings")


def keys_in_templates() -> Iterator[str]:
    for lang in LANGUAGES:
        for path in (FOLDER / lang).rglob("*.j2"):
            tree = environment(lang).parse(path.read_text(encoding="utf-8"))
            for call in tree.find_all(nodes.Call):
                if isinstance(call.node, nodes.Name) and call.node.name == "label":
                    assert isinstance(call.args[0], nodes.Const), "a label is named literally"
                    yield str(call.args[0].value)
