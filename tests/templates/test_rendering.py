"""From a context to text, keyboard and picture."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from jinja2 import TemplateSyntaxError, UndefinedError

from templates.callbacks import Callback, callback
from templates.client import main_menu
from templates.every_chat import UnknownCommand
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import Message, Toast, message, message_class
from templates.owner import PoisonAlert
from templates.rendering import MessageEmpty, Renderer
from templates.words import LanguageUnknown
from tests.templates.telegram_html import faults

WriteTemplate = Callable[[str, str], None]


@dataclass(frozen=True)
class OpenCard(Callback):
    client_id: int


@dataclass(frozen=True)
class Hello(Message):
    name: str
    at: datetime = datetime(2027, 3, 12, 22, 30, tzinfo=UTC)

    def keyboard(self, labels: Labels) -> Keyboard | None:
        return InlineKeyboard.stacked(Button(labels("menu.card"), OpenCard(1)))


@dataclass(frozen=True)
class Popup(Toast):
    name: str


def test_a_message_speaks_the_language_that_is_asked_for(renderer: Renderer) -> None:
    alert = PoisonAlert(update_id=7, error_class="KeyError")
    assert "<code>7</code>" in renderer.render(alert, "ru").text
    assert renderer.render(alert, "ru").text != renderer.render(alert, "en").text
    with pytest.raises(LanguageUnknown):
        renderer.render(alert, "de")


def test_an_unknown_command_is_not_repeated_and_always_answered_alike(renderer: Renderer) -> None:
    assert renderer.render(UnknownCommand(), "ru") == renderer.render(UnknownCommand(), "ru")


def test_what_people_write_is_shown_as_written(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    callback("test_open_card")(OpenCard)
    message("test/hello")(Hello)
    write_template("test/hello", "Здравствуйте, {{ name }}!\n\n\n\n  {{ label('menu.card') }}  \n")
    rendered = renderer.render(Hello('<a href="tg://user?id=1">{{ 7*7 }}</b>'), "ru")
    assert rendered.plain == ('Здравствуйте, <a href="tg://user?id=1">{{ 7*7 }}</b>!\n\n  💳 Карта')
    assert faults(rendered.text) == []


def test_the_keyboard_speaks_the_same_language(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    callback("test_open_card")(OpenCard)
    message("test/hello")(Hello)
    write_template("test/hello", "{{ name }}")
    expected = InlineKeyboard(((Button("💳 Card", OpenCard(1)),),))
    assert renderer.render(Hello("Anna"), "en").keyboard == expected


def test_moments_are_shown_in_the_readers_zone(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    callback("test_open_card")(OpenCard)
    message("test/hello")(Hello)
    write_template("test/hello", "{{ at|time }}")
    assert renderer.render(Hello(""), "ru").text == "01:30"
    yekaterinburg = ZoneInfo("Asia/Yekaterinburg")
    assert renderer.render(Hello(""), "ru", timezone=yekaterinburg).text == "03:30"


def test_a_text_beyond_the_limit_is_cut_and_says_so(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    callback("test_open_card")(OpenCard)
    message("test/hello")(Hello)
    write_template("test/hello", "<b>{{ name }}</b>")
    rendered = renderer.render(Hello("&" * 5000), "ru")
    assert rendered.was_cut
    assert rendered.plain == "&" * 4095 + "…"
    assert faults(rendered.text) == []


def test_a_toast_is_cut_at_its_own_limit(renderer: Renderer, write_template: WriteTemplate) -> None:
    message("test/popup")(Popup)
    write_template("test/popup", "{{ name }}")
    assert renderer.render(Popup("Ж" * 300), "ru").plain == "Ж" * 199 + "…"


def test_lone_surrogates_never_reach_telegram(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    message("test/popup")(Popup)
    write_template("test/popup", "{{ name }}!")
    assert renderer.render(Popup("\ud83d"), "ru").text == "\ufffd!"


def test_a_template_that_renders_to_nothing_is_an_error(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    message("test/popup")(Popup)
    write_template("test/popup", "<b>{{ name }}</b>")
    with pytest.raises(MessageEmpty):
        renderer.render(Popup("  "), "ru")


def test_an_undefined_variable_is_an_error(
    renderer: Renderer, write_template: WriteTemplate
) -> None:
    message("test/popup")(Popup)
    write_template("test/popup", "{{ nmae }}")
    with pytest.raises(UndefinedError):
        renderer.render(Popup("Анна"), "ru")


@pytest.mark.parametrize("filter_name", ["safe", "tojson", "urlize", "xmlattr", "forceescape"])
def test_no_filter_lets_unescaped_text_through(
    renderer: Renderer, write_template: WriteTemplate, filter_name: str
) -> None:
    message("test/popup")(Popup)
    write_template("test/popup", "{{ name|" + filter_name + " }}")
    with pytest.raises(TemplateSyntaxError):
        renderer.render(Popup("<b>"), "ru")


def test_includes_know_the_language(renderer: Renderer, write_template: WriteTemplate) -> None:
    message("test/popup")(Popup)
    write_template("test/_points", "{{ 5|points }}")
    write_template("test/_rows", "{% macro row(n) %}{{ n|points }}{% endmacro %}")
    write_template(
        "test/popup",
        "{% from 'test/_rows.j2' import row with context %}"
        "{{ name }}: {% include 'test/_points.j2' %}, {{ row(1) }}",
    )
    assert renderer.render(Popup("Анна"), "ru").text == "Анна: 5 баллов, 1 балл"
    assert renderer.render(Popup("Anna"), "en").text == "Anna: 5 points, 1 point"


def test_a_name_belongs_to_one_message_and_the_class_is_called_so(scratch: None) -> None:
    with pytest.raises(ValueError, match="already belongs"):
        message("owner/poison_alert")(PoisonAlert)
    with pytest.raises(ValueError, match="not called as"):
        message("test/other")(Popup)
    with pytest.raises(ValueError, match="not the name"):
        message("Popup")(Popup)
    with pytest.raises(ValueError, match="belongs into"):
        message("client/poison_alert")(PoisonAlert)


def test_a_context_that_can_change_is_refused(scratch: None) -> None:
    class Loose(Message):
        pass

    with pytest.raises(TypeError):
        message("test/loose")(Loose)


def test_a_message_is_found_by_name_without_importing_its_module() -> None:
    assert message_class("owner/poison_alert") is PoisonAlert


def test_the_menu_stays_under_the_messages(renderer: Renderer) -> None:
    assert main_menu(renderer.labels("ru")).persistent
