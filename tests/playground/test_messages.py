"""Messages of the bot: new, edited, deleted, pinned; with files and albums."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from aiogram.types.media_union import MediaUnion

from playground import LocalTelegram, Person
from tests.playground.bots import png

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
YES = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="✅ Да", callback_data="yes", style="success")]]
)


def picture(width: int = 4, height: int = 3) -> BufferedInputFile:
    return BufferedInputFile(png(width, height), "card.png")


async def test_html_arrives_as_text_with_entities(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "<b>Баланс</b>: 5 &lt; 6", parse_mode="HTML")
    assert sent.text == "Баланс: 5 < 6"
    assert sent.html_text == "<b>Баланс</b>: 5 &lt; 6"
    assert anna.last.html == "<b>Баланс</b>: 5 &lt; 6"
    assert anna.last.raw["message_id"] == sent.message_id


async def test_options_are_kept(bot: Bot, anna: Person) -> None:
    await anna.send("вопрос")
    asked = anna.all_messages[-1]
    sent = await bot.send_message(
        anna.id,
        "https://ya.ru",
        reply_parameters=ReplyParameters(message_id=asked.message_id),
        protect_content=True,
        message_effect_id="5104841245755180586",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=YES,
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "вопрос"
    assert sent.has_protected_content
    assert sent.effect_id == "5104841245755180586"
    assert sent.link_preview_options is not None
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == YES.model_dump()
    assert [entity.type for entity in sent.entities or []] == ["url"]


async def test_a_picture_is_sent_seen_downloaded_and_sent_again(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    sent = await bot.send_photo(anna.id, picture(), caption="<i>QR</i>", parse_mode="HTML")
    assert sent.photo is not None
    assert (sent.photo[-1].width, sent.photo[-1].height) == (4, 3)
    assert anna.last.photo == png()
    assert (anna.last.caption, anna.last.html) == ("QR", "<i>QR</i>")
    file = await bot.get_file(sent.photo[-1].file_id)
    assert file.file_path is not None
    downloaded = await bot.download_file(file.file_path)
    assert downloaded is not None
    assert downloaded.read() == png()
    again = await bot.send_photo(anna.id, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    with pytest.raises(TelegramBadRequest, match="can't use file of type Photo as Document"):
        await bot.send_document(anna.id, sent.photo[-1].file_id)


async def test_a_document_keeps_its_name_and_bytes(bot: Bot, anna: Person) -> None:
    file = BufferedInputFile(b"a;b\n", "Выгрузка клиентов.csv")
    sent = await bot.send_document(anna.id, file)
    assert sent.document is not None
    document = anna.last.document
    assert document is not None
    assert document.content == b"a;b\n"
    assert document.file_name.endswith(".csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "file must be non-empty"),
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (png(400, 10), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_what_is_no_picture_is_refused(
    bot: Bot, anna: Person, content: bytes, words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_photo(anna.id, BufferedInputFile(content, "a.png"))


async def test_a_file_that_was_not_attached_is_missed(
    http: aiohttp.ClientSession, anna: Person
) -> None:
    params = {"chat_id": anna.id, "photo": "attach://nowhere"}
    async with http.post("sendPhoto", data=params) as response:
        assert (await response.json())["description"] == (
            "Bad Request: attached file was not found"
        )


async def test_a_file_may_come_under_its_parameters_name(
    http: aiohttp.ClientSession, anna: Person
) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", str(anna.id))
    form.add_field("photo", png(), filename="x.png", content_type="image/png")
    async with http.post("sendPhoto", data=form) as response:
        assert response.status == 200
    assert anna.last.photo == png()


async def test_a_caption_is_limited_after_its_entities(bot: Bot, anna: Person) -> None:
    await bot.send_photo(anna.id, picture(), caption=f"<b>{'я' * 1024}</b>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_photo(anna.id, picture(), caption="я" * 1025)
    assert refused.value.message == "Bad Request: message caption is too long"


async def test_an_album_is_several_messages(bot: Bot, anna: Person) -> None:
    media: list[MediaUnion] = [
        InputMediaPhoto(media=picture(), caption="раз"),
        InputMediaPhoto(media=picture()),
    ]
    sent = await bot.send_media_group(anna.id, media)
    assert [message.caption for message in sent] == ["раз", None]
    assert len({message.media_group_id for message in sent}) == 1
    assert len(anna.messages) == 2
    with pytest.raises(TelegramBadRequest, match="must include 2-10 items"):
        await bot.send_media_group(anna.id, media[:1])


async def test_a_text_and_its_keyboard_are_edited(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "раз", reply_markup=YES)
    await sent.edit_text("<b>два</b>", parse_mode="HTML")
    assert (anna.last.html, anna.last.labels, anna.last.edited) == ("<b>два</b>", [], True)
    await sent.edit_reply_markup(reply_markup=YES)
    assert (anna.last.html, anna.last.labels) == ("<b>два</b>", ["✅ Да"])


async def test_a_caption_and_a_picture_are_edited(bot: Bot, anna: Person) -> None:
    sent = await bot.send_photo(anna.id, picture(), caption="раз")
    await sent.edit_caption(caption="два")
    assert anna.last.caption == "два"
    await sent.edit_media(InputMediaPhoto(media=picture(5, 5), caption="три"), reply_markup=YES)
    assert (anna.last.caption, anna.last.photo, anna.last.labels) == ("три", png(5, 5), ["✅ Да"])
    file = BufferedInputFile(b"a", "a.txt")
    await sent.edit_media(InputMediaDocument(media=file))
    assert (anna.last.photo, anna.last.caption) == (None, "")
    assert anna.last.document is not None


@pytest.mark.parametrize("change", ["text", "caption", "markup"])
async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, anna: Person, change: str) -> None:
    text = await bot.send_message(anna.id, "раз", reply_markup=YES)
    photo = await bot.send_photo(anna.id, picture(), caption="раз")
    edits: dict[str, Any] = {
        "text": lambda: text.edit_text("<b></b>раз", parse_mode="HTML", reply_markup=YES),
        "caption": lambda: photo.edit_caption(caption="раз"),
        "markup": lambda: text.edit_reply_markup(reply_markup=YES),
    }
    with pytest.raises(TelegramBadRequest) as refused:
        await edits[change]()
    assert refused.value.message == NOT_MODIFIED
    assert not any(message.edited for message in anna.messages)


async def test_what_cannot_be_edited_is_refused(bot: Bot, anna: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=anna.id, message_id=999)
    with pytest.raises(TelegramBadRequest, match="message identifier is not specified"):
        await bot.edit_message_text("x", chat_id=anna.id)
    await anna.send("моё")
    theirs = anna.all_messages[-1].message_id
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=anna.id, message_id=theirs)
    photo = await bot.send_photo(anna.id, picture())
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await photo.edit_text("x")
    text = await bot.send_message(anna.id, "x")
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await text.edit_caption(caption="x")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await text.edit_text("я" * 4097)
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.edit_message_text("", chat_id=anna.id, message_id=text.message_id)


@pytest.mark.parametrize("markup", [ReplyKeyboardRemove(), ForceReply()])
async def test_a_message_with_any_but_an_inline_keyboard_is_never_edited(
    bot: Bot, anna: Person, markup: ReplyKeyboardRemove | ForceReply
) -> None:
    sent = await bot.send_message(anna.id, "раз", reply_markup=markup)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await sent.edit_text("два")


async def test_messages_are_deleted_for_two_days(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    sent = await bot.send_message(anna.id, "раз")
    await sent.delete()
    assert anna.messages == []
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await sent.delete()
    old = await bot.send_message(anna.id, "два")
    anna.chat.messages[old.message_id]["date"] -= 49 * 3600
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await old.delete()
    kept = await bot.send_message(anna.id, "три")
    await bot.delete_messages(anna.id, [kept.message_id, 999])
    assert [message.text for message in anna.messages] == ["два"]


async def test_a_message_is_pinned_and_unpinned(bot: Bot, anna: Person) -> None:
    first = await bot.send_message(anna.id, "раз")
    second = await bot.send_message(anna.id, "два")
    await first.pin()
    await second.pin()
    chat = await bot.get_chat(anna.id)
    assert chat.pinned_message is not None
    assert chat.pinned_message.message_id == second.message_id
    await bot.unpin_chat_message(anna.id)
    assert anna.chat.pinned == [first.message_id]
    await bot.unpin_all_chat_messages(anna.id)
    assert anna.chat.pinned == []
    with pytest.raises(TelegramBadRequest, match="message to pin not found"):
        await bot.pin_chat_message(anna.id, 999)


async def test_a_message_is_copied_and_forwarded(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    boris = telegram.person("Борис", started=True)
    sent = await bot.send_photo(anna.id, picture(), caption="раз", reply_markup=YES)
    copy = await bot.copy_message(boris.id, anna.id, sent.message_id)
    assert copy.message_id == boris.last.message_id
    assert (boris.last.caption, boris.last.labels) == ("раз", [])
    forwarded = await bot.forward_message(boris.id, anna.id, sent.message_id)
    assert forwarded.forward_origin is not None


async def test_other_kinds_of_messages(bot: Bot, anna: Person) -> None:
    assert (await bot.send_location(anna.id, 55.75, 37.62)).location is not None
    assert (await bot.send_venue(anna.id, 55.75, 37.62, "Центр", "Ленина, 1")).venue is not None
    assert (await bot.send_contact(anna.id, "+79120000000", "Мастер")).contact is not None
    assert (await bot.send_dice(anna.id)).dice is not None
    assert (await bot.send_sticker(anna.id, BufferedInputFile(b"RIFF", "a.webp"))).sticker
    assert (await bot.send_voice(anna.id, BufferedInputFile(b"Ogg", "a.ogg"))).voice
    assert (await bot.send_video(anna.id, BufferedInputFile(b"mp4", "a.mp4"))).video
    await bot.send_chat_action(anna.id, "typing")


async def test_a_tap_is_answered_until_its_time_is_over(
    telegram: LocalTelegram, anna: Person
) -> None:
    async with aiohttp.ClientSession(base_url=f"{telegram.base_url}/bot{telegram.token}/") as http:
        await anna.tap_data("x", message_id=1)
        query_id, query = next(iter(telegram.backend.queries.items()))
        params = {"callback_query_id": query_id, "text": "да", "show_alert": "true"}
        async with http.post("answerCallbackQuery", data=params) as response:
            assert response.status == 200
        answer = anna.answers[-1]
        assert (answer.text, answer.show_alert) == ("да", True)
        query.expires_at = 0
        async with http.post("answerCallbackQuery", data=params) as response:
            body = await response.json()
    assert (body["error_code"], body["description"]) == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )


async def test_many_sends_at_once_lose_and_mix_nothing(bot: Bot, telegram: LocalTelegram) -> None:
    people = [telegram.person(f"Клиент {number}", started=True) for number in range(20)]
    await asyncio.gather(
        *(bot.send_message(p.id, f"{p.id}: {n}") for n in range(10) for p in people)
    )
    for person in people:
        assert sorted(m.text for m in person.messages) == [f"{person.id}: {n}" for n in range(10)]
