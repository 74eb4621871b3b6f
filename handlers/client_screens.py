"""What clients look at: each screen has a command, mostly a key of the menu, and a button."""

from aiogram import Router
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient, Key
from handlers.replies import Replies, Say
from handlers.taps import Tapped
from operations.client_card import (
    show_badges,
    show_balance,
    show_card,
    show_help,
    show_history,
    show_tier,
)
from operations.offers import show_offers
from operations.profile import show_profile
from operations.programme_rules import show_rules
from operations.referral_link import share_text, show_invite
from operations.rewards import show_catalogue
from operations.senders import Client, Role, Sender
from operations.transaction import Tx
from templates.client import TurnHistory
from templates.messages import Message as Context
from templates.screens import Open, Screen

router = Router(name="client's screens")
router.message.filter(IsClient())
router.callback_query.filter(IsClient())

FIRST_PAGE = 1


@router.message(or_f(Command("card"), Key("menu.card")))
async def card(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.CARD, tx, sender, say, bot_username))


@router.message(or_f(Command("balance"), Key("menu.balance")))
async def balance(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.BALANCE, tx, sender, say, bot_username))


@router.message(or_f(Command("history"), Key("menu.history")))
async def history(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.HISTORY, tx, sender, say, bot_username))


@router.message(or_f(Command("rewards"), Key("menu.rewards")))
async def rewards(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.REWARDS, tx, sender, say, bot_username))


@router.message(or_f(Command("tier"), Key("menu.tier")))
async def tier(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.TIER, tx, sender, say, bot_username))


@router.message(or_f(Command("badges"), Key("menu.badges")))
async def badges(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.BADGES, tx, sender, say, bot_username))


@router.message(or_f(Command("invite"), Key("menu.invite")))
async def invite(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.INVITE, tx, sender, say, bot_username))


@router.message(or_f(Command("offers"), Key("menu.offers")))
async def offers(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.OFFERS, tx, sender, say, bot_username))


@router.message(Command("rules"))
async def rules(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    return say(await _screen(Screen.RULES, tx, sender, say, bot_username))


@router.callback_query(Tapped(Open))
async def opened(
    callback: CallbackQuery, tap: Open, tx: Tx, sender: Sender, say: Say, bot_username: str
) -> Replies:
    return say(await _screen(tap.screen, tx, sender, say, bot_username))


@router.callback_query(Tapped(TurnHistory))
async def history_turned(
    callback: CallbackQuery, tap: TurnHistory, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return say.edit(await show_history(tx, _client(sender), sender.language, tap.page))


async def _screen(screen: Screen, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Context:
    client, language = _client(sender), sender.language
    match screen:
        case Screen.CARD:
            return await show_card(tx, client, language, bot_username)
        case Screen.BALANCE:
            return await show_balance(tx, client, language)
        case Screen.HISTORY:
            return await show_history(tx, client, language, FIRST_PAGE)
        case Screen.REWARDS:
            return await show_catalogue(tx, client, language)
        case Screen.TIER:
            return await show_tier(tx, client, language)
        case Screen.BADGES:
            return await show_badges(tx, client, language)
        case Screen.INVITE:
            recommendation = say.renderer.render(share_text(tx.programme), language).plain
            return await show_invite(tx, client, bot_username, recommendation)
        case Screen.OFFERS:
            is_owner = sender.may_act_as(Role.OWNER)
            return await show_offers(tx, client, language, for_owner=is_owner)
        case Screen.PROFILE:
            return show_profile(tx.programme, client, language)
        case Screen.HELP:
            return show_help(tx, sender)
        case Screen.RULES:
            return show_rules(tx.programme, language, name=client.name or sender.first_name)


def _client(sender: Sender) -> Client:
    assert sender.client is not None, "the router's filter lets clients through"
    return sender.client
