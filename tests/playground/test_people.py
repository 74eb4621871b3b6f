"""The driver: what people do reaches the bot as Telegram tells it, and they see the answers."""

from collections.abc import Callable

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    SwitchInlineQueryChosenChat,
    Update,
)

from playground import LocalTelegram, NoSuchButton, NotHeard, Person
from tests.playground.bots import echo, png

Poll = Callable[[Dispatcher], None]


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates(offset=-1))[0]


async def newest_message(bot: Bot) -> Message:
    message = (await newest(bot)).message
    assert message is not None
    return message


def keyboard(*keys: KeyboardButton, one_time: bool = False) -> ReplyKeyboardMarkup:
    return ReplyKeyboardMarkup(keyboard=[list(keys)], one_time_keyboard=one_time)


def inline(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(buttons)])


def callback(text: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data)


async def test_a_command_comes_with_its_entity_and_who_sent_it(bot: Bot, anna: Person) -> None:
    await anna.send("/visit +79120000001 500")
    message = await newest_message(bot)
    assert message.entities is not None
    assert message.entities[0].type == "bot_command"
    assert message.entities[0].extract_from(message.text or "") == "/visit"
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.language_code) == (anna.id, "ru")
    assert anna.id > 2**32


async def test_ones_own_contact_and_others(bot: Bot, telegram: LocalTelegram, anna: Person) -> None:
    boris = telegram.person("Борис")
    await anna.share_contact()
    own = (await newest_message(bot)).contact
    assert own is not None
    assert (own.phone_number, own.user_id) == ("+79120000001", anna.id)
    await anna.share_contact(phone=boris.phone, user_id=boris.id, first_name="Борис")
    other = (await newest_message(bot)).contact
    assert other is not None
    assert (other.user_id, other.first_name) == (boris.id, "Борис")
    await anna.share_contact(phone="+79990000000", user_id=None)
    unknown = (await newest_message(bot)).contact
    assert unknown is not None
    assert unknown.user_id is None
    await anna.share_contact(forwarded_from=boris)
    forwarded = await newest_message(bot)
    assert forwarded.forward_origin is not None


async def test_a_key_that_asks_for_the_phone_shares_it_and_goes(
    bot: Bot, poll: Poll, anna: Person
) -> None:
    key = KeyboardButton(text="📱 Поделиться номером", request_contact=True)
    sent = await bot.send_message(anna.id, "Номер?", reply_markup=keyboard(key, one_time=True))
    assert sent.reply_markup is None
    assert anna.keyboard == [["📱 Поделиться номером"]]
    poll(echo())
    await anna.tap("📱")
    assert (await anna.hears()).text == "телефон 79120000001, свой: True"
    assert anna.keyboard == []


async def test_a_key_sends_its_text_and_the_keyboard_stays(
    bot: Bot, poll: Poll, anna: Person
) -> None:
    await bot.send_message(anna.id, "Меню", reply_markup=keyboard(KeyboardButton(text="⏭ Дальше")))
    poll(echo())
    await anna.tap("⏭")
    await anna.hears("эхо: ⏭ Дальше")
    assert anna.keyboard == [["⏭ Дальше"]]
    await bot.send_message(anna.id, "Всё", reply_markup=ReplyKeyboardRemove())
    assert anna.keyboard == []


async def test_the_newest_button_with_the_label_is_tapped(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "1", reply_markup=inline(callback("✅ Да", "old")))
    await bot.send_message(anna.id, "2", reply_markup=inline(callback("✅ Да", "new")))
    await anna.tap("✅")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.data == "new"
    assert query.from_user.id == anna.id
    assert isinstance(query.message, Message)
    assert query.message.text == "2"
    await bot.send_message(anna.id, "3", reply_markup=keyboard(KeyboardButton(text="✅ Текст")))
    await anna.tap("✅")
    assert (await newest_message(bot)).text == "✅ Текст"


async def test_a_tap_waits_for_its_button_and_names_what_is_there(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "1", reply_markup=inline(callback("❌ Нет", "no")))
    with pytest.raises(NoSuchButton, match="❌ Нет"):
        await anna.tap("✅", timeout_s=0.01)


async def test_a_button_of_a_deleted_message_comes_as_inaccessible(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "1", reply_markup=inline(callback("✅", "yes")))
    button = anna.last.buttons[0]
    await sent.delete()
    assert anna.messages == []
    await anna.tap_button(button)
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.date) == ("yes", 0)


async def test_forged_data_comes_like_any_other(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "1")
    await anna.tap_data("owner:everything")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.data == "owner:everything"


async def test_an_answer_to_a_tap_is_seen(poll: Poll, bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "1", reply_markup=inline(callback("✅", "yes")))
    poll(echo())
    await anna.tap("✅")
    answer = await anna.sees_answer()
    assert (answer.text, answer.show_alert) == ("нажато yes", False)
    assert [answer.text for answer in anna.answers] == ["нажато yes"]


async def test_buttons_that_the_bot_never_hears_of(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    share = SwitchInlineQueryChosenChat(query="приглашение", allow_user_chats=True)
    link = f"https://t.me/{telegram.bot_username}?start=abc"
    buttons = inline(
        InlineKeyboardButton(text="Копия", copy_text=CopyTextButton(text="код")),
        InlineKeyboardButton(text="Сайт", url="https://ya.ru"),
        InlineKeyboardButton(text="Друзьям", switch_inline_query_chosen_chat=share),
        InlineKeyboardButton(text="Ссылка", url=link),
    )
    await bot.send_message(anna.id, "1", reply_markup=buttons)
    assert await anna.tap("Копия") == 0
    assert await anna.tap("Сайт") == 0
    assert await anna.tap("Друзьям") == 0
    assert anna.clipboard == ["код"]
    assert anna.opened_urls == ["https://ya.ru/"]
    assert anna.shares[0]["switch_inline_query_chosen_chat"]["query"] == "приглашение"
    await anna.tap("Ссылка")
    assert (await newest_message(bot)).text == "/start abc"


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://t.me/svoi_local_bot?start=r_A-9", "/start r_A-9"),
        ("https://t.me/SVOI_local_bot", "/start"),
        ("tg://resolve?domain=svoi_local_bot&start=x", "/start x"),
        ("https://t.me/svoi_local_bot?start=плохо", "/start"),
    ],
)
async def test_a_deep_link_starts_the_bot(bot: Bot, anna: Person, link: str, text: str) -> None:
    await anna.open_link(link)
    assert (await newest_message(bot)).text == text


async def test_a_link_elsewhere_is_not_a_link_to_the_bot(anna: Person) -> None:
    with pytest.raises(ValueError, match="not a link"):
        await anna.open_link("https://t.me/another_bot?start=1")


async def test_nothing_is_heard_twice_and_nothing_from_before_the_last_act(
    bot: Bot, anna: Person
) -> None:
    await bot.send_message(anna.id, "до")
    await anna.send("привет")
    with pytest.raises(NotHeard, match="unheard: nothing"):
        await anna.hears("до", timeout_s=0.01)
    assert (await anna.hears("до", ever=True)).text == "до"
    await bot.send_message(anna.id, "чек 1")
    await bot.send_message(anna.id, "чек 2")
    assert (await anna.hears("чек")).text == "чек 1"
    assert (await anna.hears("чек")).text == "чек 2"
    with pytest.raises(NotHeard, match="heard before: 3"):
        await anna.hears("чек", timeout_s=0.01)


async def test_an_edit_is_heard_as_well(bot: Bot, anna: Person) -> None:
    sent = await bot.send_message(anna.id, "раз")
    assert (await anna.hears("раз")).edited is False
    await sent.edit_text("два")
    heard = await anna.hears(lambda message: message.edited)
    assert (heard.text, anna.last.text) == ("два", "два")


async def test_a_person_edits_sends_pictures_places_stickers_and_anything(
    bot: Bot, anna: Person
) -> None:
    await anna.send("опечатка")
    await anna.edit(anna.all_messages[-1], "исправлено")
    edited = (await newest(bot)).edited_message
    assert edited is not None
    assert edited.text == "исправлено"
    await anna.send_photo(png(), "подпись")
    photo = await newest_message(bot)
    assert photo.photo is not None
    assert (photo.caption, photo.photo[0].width, photo.photo[0].height) == ("подпись", 4, 3)
    await anna.send_document(b"a,b\n", "clients.csv")
    document = (await newest_message(bot)).document
    assert document is not None
    assert document.file_name == "clients.csv"
    await anna.send_location(55.75, 37.62)
    assert (await newest_message(bot)).location is not None
    await anna.send_sticker("👍")
    assert (await newest_message(bot)).sticker is not None
    await anna.send_content({"dice": {"emoji": "🎲", "value": 6}})
    assert (await newest_message(bot)).dice is not None
    await anna.inline_query("приг")
    query = (await newest(bot)).inline_query
    assert query is not None
    assert query.query == "приг"
    await anna.choose_inline_result("7", "приг")
    chosen = (await newest(bot)).chosen_inline_result
    assert chosen is not None
    assert (chosen.result_id, chosen.from_user.id) == ("7", anna.id)


async def test_a_group_hears_everybody_in_it(
    poll: Poll, telegram: LocalTelegram, anna: Person
) -> None:
    boris = telegram.person("Борис")
    group = telegram.group("Мастерская", anna, boris)
    poll(echo())
    await boris.send("/balance", place=group)
    assert (await group.hears()).text == "эхо: /balance"
    assert anna.messages == []
    await anna.tap_data("x", place=group)
    assert (await anna.sees_answer(place=group)).text == "нажато x"


async def test_a_channel_posts(bot: Bot, telegram: LocalTelegram) -> None:
    channel = telegram.channel("Новости")
    await channel.post("/stats")
    post = (await newest(bot)).channel_post
    assert post is not None
    assert (post.text, post.chat.type, post.from_user) == ("/stats", "channel", None)
    group = telegram.group("Мастерская")
    await group.post_as(channel, "/stats")
    message = await newest_message(bot)
    assert message.sender_chat is not None
    assert message.sender_chat.id == channel.id


async def test_a_name_may_be_html(poll: Poll, telegram: LocalTelegram) -> None:
    mallory = telegram.person('<a href="tg://user?id=1">', username="mallory")
    poll(echo())
    await mallory.send("</b>")
    assert (await mallory.hears()).text == "эхо: </b>"


async def test_what_no_phone_sends_is_an_error_of_the_test(anna: Person) -> None:
    with pytest.raises(ValueError, match="1 to 4096"):
        await anna.send("")
    with pytest.raises(ValueError, match="1 to 4096"):
        await anna.send("я" * 4097)


async def test_two_people_cannot_share_an_id(telegram: LocalTelegram) -> None:
    telegram.person(id=5)
    with pytest.raises(ValueError, match="there is a user 5"):
        telegram.person(id=5)
