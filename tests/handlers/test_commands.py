"""The commands that Telegram offers, by role and language."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from aiogram.methods import DeleteMyCommands, SetMyCommands

from handlers.commands import client_commands, commands_of, default_commands, role_commands
from loyalty.programme import Programme, load_programme
from operations.senders import Role
from programmes import SERVICE_CENTRE


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


def test_every_role_is_offered_what_the_lower_ones_are(programme: Programme) -> None:
    offered = [set(commands_of(programme, role)) for role in (None, *Role)]
    for lower, higher in pairwise(offered):
        assert lower <= higher
    assert "staff" not in offered[1]
    assert "visit" not in offered[0]


def test_the_programme_s_own_screens_only(programme: Programme) -> None:
    bare = replace(
        programme,
        badges=(),
        challenges=(),
        rewards=(),
        referral=None,
        tiers=replace(programme.tiers, stated=False),
    )
    assert not {"tier", "badges", "invite", "rewards"} & set(client_commands(bare))
    assert "accept" not in commands_of(bare, Role.OWNER)
    assert {"tier", "badges", "invite", "rewards"} <= set(client_commands(programme))


@pytest.mark.parametrize("role", [None, *Role])
def test_telegram_takes_them(programme: Programme, role: Role | None) -> None:
    calls = default_commands(programme) if role is None else role_commands(programme, 7, role)
    for call in calls:
        assert isinstance(call, SetMyCommands)
        assert len(call.commands) <= 100
        for command in call.commands:
            assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
            assert 1 <= len(command.description) <= 256


def test_each_language_has_its_own_and_the_first_is_everybody_else_s(programme: Programme) -> None:
    calls = {call.language_code: call.commands for call in default_commands(programme)}
    assert calls.keys() == {None, "ru", "en"}
    assert calls[None] == calls["ru"] != calls["en"]


def test_who_leaves_is_offered_the_desk_no_more(programme: Programme) -> None:
    calls = role_commands(programme, 7, None)
    assert {call.language_code for call in calls} == {None, "ru", "en"}
    assert all(isinstance(call, DeleteMyCommands) for call in calls)
