"""The commands that Telegram shows beside the text field."""

from playground.server import LocalTelegram
from tests.flows.running import OWNER_ID, RunningBot


def offered(telegram: LocalTelegram, chat_id: int | None, language: str | None) -> list[str]:
    """The names that were announced last for this chat (None: everybody) and language."""
    import json

    found: list[str] = []
    for call in telegram.calls.of("setMyCommands", ok=True):
        scope = call.params["scope"]
        scope = json.loads(scope) if isinstance(scope, str) else scope
        if scope.get("chat_id") == chat_id and call.params.get("language_code") == language:
            commands = call.params["commands"]
            commands = json.loads(commands) if isinstance(commands, str) else commands
            found = [command["command"] for command in commands]
    return found


async def test_everybody_is_offered_the_clients_commands_in_their_language(
    svoi: RunningBot,
) -> None:
    await svoi.telegram.calls.wait_for(lambda call: call.method == "setMyCommands", times=3)
    for language in (None, "ru", "en"):
        assert "balance" in offered(svoi.telegram, None, language)
        assert "visit" not in offered(svoi.telegram, None, language)


async def test_an_owner_is_offered_the_desk_with_their_first_word(svoi: RunningBot) -> None:
    owner = svoi.telegram.person("Марина", id=OWNER_ID)
    assert offered(svoi.telegram, OWNER_ID, "ru") == []
    await owner.send("/start")
    await svoi.settle()
    assert {"visit", "staff"} <= set(offered(svoi.telegram, OWNER_ID, "ru"))
