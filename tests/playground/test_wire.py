"""Requests in every form that Telegram takes, and bounds on what is remembered."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import LocalTelegram, Person
from playground.refusals import Refusal
from playground.schema import method_schema
from playground.wire import FIELDS_MAX, read_form
from playground.world import Keep
from tests.playground.bots import bot_for

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
BUTTONS = {"inline_keyboard": [[{"text": "✅", "callback_data": "yes"}]]}


@pytest.mark.parametrize("form", ["json", "urlencoded", "multipart", "query"])
async def test_a_request_may_come_in_any_form(
    http: aiohttp.ClientSession, anna: Person, form: str
) -> None:
    text = "<b>Привет</b> &amp; 100 %+=&"
    params: dict[str, Any] = {"chat_id": anna.id, "text": text, "parse_mode": "HTML"}
    written = {**params, "chat_id": str(anna.id), "reply_markup": orjson.dumps(BUTTONS).decode()}
    if form == "json":
        sent = http.post("sendMessage", json={**params, "reply_markup": BUTTONS})
    elif form == "urlencoded":
        sent = http.post("sendMessage", data=written)
    elif form == "multipart":
        with aiohttp.MultipartWriter("form-data") as writer:
            for name, value in written.items():
                part = writer.append(value)
                part.set_content_disposition("form-data", name=name)
        sent = http.post("sendMessage", data=writer)
    else:
        sent = http.get("sendMessage", params=written)
    async with sent as response:
        assert response.status == 200, await response.text()
    assert anna.last.text == "Привет & 100 %+=&"
    assert anna.last.labels == ["✅"]


async def test_json_that_is_none_is_refused(http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post("sendMessage", data=b"{", headers=headers) as response:
        assert response.status == 400
    async with http.post("sendMessage", data=b"[]", headers=headers) as response:
        assert response.status == 400


@given(st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=5))
def test_a_form_is_read_as_it_was_written(form: dict[str, str]) -> None:
    assert read_form(urlencode(form).encode()) == form


@given(st.text("%=+ab0F3D\n\r_ ~"))
def test_a_form_is_read_as_the_standard_library_reads_it(written: str) -> None:
    theirs = dict(parse_qsl(f"k={written}", keep_blank_values=True))
    assert read_form(f"k={written}".encode()) == theirs


def test_a_form_without_end_is_refused() -> None:
    with pytest.raises(Refusal, match="too many fields"):
        read_form(b"a=1&" * FIELDS_MAX)


def test_every_method_of_the_bot_api_can_be_checked() -> None:
    for name in ("sendMessage", "GETUPDATES", "setbusinessaccountgiftsettings"):
        assert method_schema(name) is not None
    assert method_schema("sendNothing") is None


@given(st.dictionaries(st.sampled_from(["chat_id", "text", "reply_markup", "entities"]), TEXTS))
def test_any_parameters_are_read_or_refused_and_nothing_else(params: dict[str, str]) -> None:
    schema = method_schema("sendMessage")
    assert schema is not None
    try:
        typed = schema.typed(params)
    except Refusal:
        return
    assert typed.keys() <= params.keys()


async def test_memory_is_bounded_where_it_is_wished() -> None:
    keep = Keep(messages_per_chat=5, events_per_chat=5, calls=5, updates=5, file_bytes=10)
    async with LocalTelegram(pace=None, keep=keep) as telegram:
        anna = telegram.person("Анна", started=True)
        bot = bot_for(telegram)
        for number in range(20):
            await bot.send_message(anna.id, str(number))
        assert [message.text for message in anna.messages] == ["15", "16", "17", "18", "19"]
        assert (len(telegram.calls), telegram.calls.total) == (5, 20)
        assert len(anna.chat.events) == 5
        await anna.send_document(b"12345678", "a.txt")
        await anna.send_document(b"12345678", "b.txt")
        old, new = (message.document for message in anna.all_messages[-2:])
        assert old is None
        assert new is not None
        await bot.session.close()


async def test_a_log_that_is_switched_off_still_counts() -> None:
    async with LocalTelegram(pace=None, keep=Keep(calls=0)) as telegram:
        bot = bot_for(telegram)
        await bot.get_me()
        assert (len(telegram.calls), telegram.calls.total) == (0, 1)
        await bot.session.close()
