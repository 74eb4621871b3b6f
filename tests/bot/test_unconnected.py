"""Nothing reaches Telegram past the outbox, not even by mistake."""

import pytest
from aiogram.methods import GetMe

from bot.unconnected import SentPastTheOutbox, unconnected_bot


async def test_a_call_past_the_outbox_is_refused() -> None:
    bot = unconnected_bot("42:TEST")
    with pytest.raises(SentPastTheOutbox):
        await bot(GetMe())
    with pytest.raises(SentPastTheOutbox):
        await bot.download("a-file")
