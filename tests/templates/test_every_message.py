"""What must hold of every message: they are found by themselves, nobody lists them."""

import ast
import dataclasses
import inspect
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import meta, nodes

import templates
from templates.contexts import dump_context, load_context
from templates.messages import Message, Toast, all_messages
from templates.rendering import environment
from templates.words import LANGUAGES
from tests.templates.business import make_renderer
from tests.templates.specimens import ENDLESS, ENDLESS_WORD, TEXTS, specimens, strategy
from tests.templates.telegram_html import faults, seen

FOLDER = Path(templates.__file__).parent
MESSAGES = all_messages()
RENDERER = make_renderer()
FULLEST = 3

each_message = pytest.mark.parametrize("cls", MESSAGES.values(), ids=MESSAGES.keys())
each_lang = pytest.mark.parametrize("lang", LANGUAGES)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@each_lang
@each_message
@pytest.mark.parametrize("text", TEXTS, ids=("plain", "hostile", "endless", "endless_word"))
def test_renders_whole_and_well_formed_whatever_it_is_filled_with(
    cls: type[Message], lang: str, text: str
) -> None:
    # The hostile text tells in every variant whether it was bounded; how long a message then gets,
    # the fullest variants show.
    variants = specimens(cls, text)[: FULLEST if text in (ENDLESS, ENDLESS_WORD) else None]
    for context in variants:
        rendered = RENDERER.render(context, lang)
        assert faults(rendered.text) == [], rendered.text
        limit = 4096 if rendered.picture is None else 1024
        assert 1 <= utf16(seen(rendered.text)) <= (200 if isinstance(context, Toast) else limit)
        assert not rendered.was_cut, "shorten what people wrote, bound the tuples"
        assert "\n\n\n" not in rendered.text
        assert "\n " not in rendered.text
        assert "  " not in seen(rendered.text)
        assert "\x00" not in rendered.text, "a person's text goes through |short or |clip"
        assert "\u202e" not in rendered.text, "a person's text goes through |short or |clip"


@each_lang
@each_message
def test_uses_the_variables_that_its_context_has(cls: type[Message], lang: str) -> None:
    names = {field.name for field in dataclasses.fields(cls)}
    assert variables_of(f"{cls.message_name}.j2", lang) <= names


@each_lang
@each_message
def test_says_everything_that_its_context_carries(cls: type[Message], lang: str) -> None:
    names = {field.name for field in dataclasses.fields(cls)}
    unused = names - variables_of(f"{cls.message_name}.j2", lang) - read_by_methods(cls)
    assert not unused, "a field that neither the text nor the keyboard nor the picture shows"


@each_message
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_comes_back_from_the_outbox_as_it_was_stored(
    cls: type[Message], data: st.DataObject
) -> None:
    context = data.draw(strategy(cls))
    assert load_context(cls.message_name, dump_context(context)) == context


@each_lang
def test_there_is_a_message_for_every_template_and_a_template_for_every_message(lang: str) -> None:
    files = {path.relative_to(FOLDER / lang) for path in (FOLDER / lang).rglob("*.j2")}
    found = {str(path.with_suffix("")) for path in files if not path.name.startswith("_")}
    assert found == MESSAGES.keys()


@each_lang
def test_templates_only_use_what_cannot_let_unescaped_text_through(lang: str) -> None:
    env = environment(lang)
    for path in (FOLDER / lang).rglob("*.j2"):
        tree = env.parse(path.read_text(encoding="utf-8"))
        assert not list(tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)))
        for found in tree.find_all((nodes.Import, nodes.FromImport)):
            assert found.with_context, "import … with context, or the filters know no language"
        for found in tree.find_all(nodes.Filter):
            assert found.name in env.filters, f"{path.name}: {found.name}"


@each_lang
def test_no_line_break_is_eaten_by_accident(lang: str) -> None:
    for path in (FOLDER / lang).rglob("*.j2"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = re.sub(r"\{[%#].*?[%#]\}", "", line).strip()
            eats = line.endswith(("%}", "#}")) and not line.endswith(("+%}", "-%}", "-#}"))
            assert not (words and eats), f"{path.name}: end it with +%}} or -%}}: {line}"


@each_lang
def test_files_have_no_tabs_and_end_with_a_line_break(lang: str) -> None:
    for path in (FOLDER / lang).rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert text.endswith("\n"), path
            assert "\t" not in text, path


def variables_of(template: str, lang: str) -> set[str]:
    """What the template and all that it includes expect from the context."""
    env = environment(lang)
    source = (FOLDER / lang / template).read_text(encoding="utf-8")
    tree = env.parse(source)
    names = meta.find_undeclared_variables(tree) - env.globals.keys()
    for other in meta.find_referenced_templates(tree):
        assert other is not None, "an include is named literally"
        names |= variables_of(other, lang)
    return names


def read_by_methods(cls: type[Message]) -> set[str]:
    """The fields that the class's own methods read: all of them where `self` is handed on."""
    names: set[str] = set()
    for base in cls.__mro__:
        if not issubclass(base, Message) or base in (Message, Toast):
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        looked_into = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
                names.add(node.attr)
            if isinstance(node, ast.Name) and node.id == "self" and id(node) not in looked_into:
                names |= {field.name for field in dataclasses.fields(cls)}
    return names
