"""What the bot says of itself, and what it may ask about chats and people."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)

from playground import LocalTelegram, Person
from playground.views import commands_view


def commands(*names: str) -> list[BotCommand]:
    return [BotCommand(command=name, description=f"команда {name}") for name in names]


def shown(telegram: LocalTelegram, person: Person) -> list[str]:
    return [command["command"] for command in commands_view(telegram.backend, person)]


async def test_a_person_sees_the_commands_of_the_narrowest_scope_in_their_language(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    john = telegram.person("John", language_code="en")
    owner = telegram.person("Владелец")
    await bot.set_my_commands(commands("default"))
    assert shown(telegram, john) == ["default"]
    await bot.set_my_commands(commands("private"), scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(
        commands("russian"), scope=BotCommandScopeAllPrivateChats(), language_code="ru"
    )
    await bot.set_my_commands(commands("stats"), scope=BotCommandScopeChat(chat_id=owner.id))
    assert shown(telegram, anna) == ["russian"]
    assert shown(telegram, john) == ["private"]
    assert shown(telegram, owner) == ["stats"]
    await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=owner.id))
    assert shown(telegram, owner) == ["russian"]


async def test_commands_are_told_back_exactly(bot: Bot) -> None:
    await bot.set_my_commands(commands("start", "balance"), language_code="ru")
    told = await bot.get_my_commands(language_code="ru")
    assert [command.command for command in told] == ["start", "balance"]
    assert told[1].description == "команда balance"
    assert await bot.get_my_commands() == []
    assert await bot.get_my_commands(scope=BotCommandScopeDefault(), language_code="en") == []


@pytest.mark.parametrize(
    ("command", "description", "words"),
    [
        ("Start", "x", "BOT_COMMAND_INVALID"),
        ("two words", "x", "BOT_COMMAND_INVALID"),
        ("x" * 33, "x", "BOT_COMMAND_INVALID"),
        ("", "x", "command must be non-empty"),
        ("start", "", "command description must be non-empty"),
        ("start", "я" * 257, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_commands_that_telegram_does_not_take_are_refused(
    bot: Bot, command: str, description: str, words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.set_my_commands([BotCommand(command=command, description=description)])


async def test_commands_are_a_hundred_at_most(bot: Bot) -> None:
    await bot.set_my_commands(commands(*(f"c{number}" for number in range(100))))
    with pytest.raises(TelegramBadRequest, match="BOT_COMMANDS_TOO_MUCH"):
        await bot.set_my_commands(commands(*(f"c{number}" for number in range(101))))


async def test_commands_for_an_unknown_chat_or_language_are_refused(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.set_my_commands(commands("x"), scope=BotCommandScopeChat(chat_id=5))
    with pytest.raises(TelegramBadRequest, match="invalid language code"):
        await bot.set_my_commands(commands("x"), language_code="russian")


async def test_the_name_and_descriptions_have_languages_and_limits(bot: Bot) -> None:
    assert (await bot.get_my_name()).name == "Свои"
    await bot.set_my_name("Svoi", language_code="en")
    assert (await bot.get_my_name(language_code="en")).name == "Svoi"
    assert (await bot.get_my_name(language_code="ru")).name == "Свои"
    await bot.set_my_description("Что умеет")
    await bot.set_my_short_description("Коротко")
    assert (await bot.get_my_description()).description == "Что умеет"
    assert (await bot.get_my_short_description(language_code="en")).short_description == "Коротко"
    with pytest.raises(TelegramBadRequest):
        await bot.set_my_short_description("я" * 121)


async def test_the_menu_button_is_for_all_or_for_one(bot: Bot, anna: Person) -> None:
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    app = MenuButtonWebApp(text="Карта", web_app=WebAppInfo(url="https://a.example"))
    assert (await bot.get_chat_menu_button(anna.id)).type == "commands"
    await bot.set_chat_menu_button(anna.id, app)
    assert (await bot.get_chat_menu_button(anna.id)).type == "web_app"
    assert (await bot.get_chat_menu_button()).type == "commands"


async def test_a_chat_tells_the_birthday_of_who_shows_it(bot: Bot, telegram: LocalTelegram) -> None:
    shy = telegram.person("Пётр", last_name="Иванов", username="petr")
    open_one = telegram.person("Ольга", birthdate={"day": 29, "month": 2, "year": 1988})
    told = await bot.get_chat(open_one.id)
    assert told.birthdate is not None
    assert (told.birthdate.day, told.birthdate.month, told.birthdate.year) == (29, 2, 1988)
    silent = await bot.get_chat(shy.id)
    assert (silent.birthdate, silent.last_name, silent.username) == (None, "Иванов", "petr")


async def test_a_group_and_who_is_in_it(bot: Bot, telegram: LocalTelegram, anna: Person) -> None:
    stranger = telegram.person("Пётр")
    group = telegram.group("Мастерская", anna, username="svoi_masters")
    chat = await bot.get_chat("@svoi_masters")
    assert (chat.id, chat.type, chat.title) == (group.id, "supergroup", "Мастерская")
    assert await bot.get_chat_member_count(group.id) == 2
    assert (await bot.get_chat_member(group.id, anna.id)).status == "member"
    assert (await bot.get_chat_member(group.id, stranger.id)).status == "left"
    assert (await bot.get_chat_member(group.id, bot.id)).status == "member"
    assert await bot.get_chat_administrators(group.id) == []
    with pytest.raises(TelegramBadRequest, match="user not found"):
        await bot.get_chat_member(group.id, 5)
    await bot.leave_chat(group.id)
    assert (await bot.get_chat_member(group.id, bot.id)).status == "left"


async def test_small_things_have_plausible_answers(bot: Bot, anna: Person) -> None:
    assert (await bot.get_user_profile_photos(anna.id)).total_count == 0
    article = InlineQueryResultArticle(
        id="1", title="x", input_message_content=InputTextMessageContent(message_text="x")
    )
    prepared = await bot.save_prepared_inline_message(anna.id, article, allow_user_chats=True)
    assert prepared.id
    await anna.inline_query("приг")
    query = (await bot.get_updates(offset=-1))[0].inline_query
    assert query is not None
    assert await bot.answer_inline_query(query.id, [article])
    assert await bot.log_out()
    assert await bot.close()
