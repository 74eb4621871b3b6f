"""Who writes, and in which language they are answered: fixed with their first word."""

import pytest

from loyalty.programme import Programme
from operations.profile import set_account_language
from operations.senders import Sender, identify
from operations.transaction import Tx
from storage import people
from storage.database import Database
from tests.operations.conftest import NOW, add_client

ANNA = 7_300_000_001


async def writes(
    database: Database, programme: Programme, language_code: str | None, owner: bool = False
) -> Sender:
    async with database.write() as db:
        return await identify(
            Tx(db, NOW, programme),
            telegram_id=ANNA,
            chat_id=ANNA,
            first_name="Анна",
            language_code=language_code,
            owner_ids={ANNA} if owner else (),
        )


async def account(database: Database) -> people.Account:
    async with database.read() as db:
        return await people.account(db, ANNA, ANNA)


@pytest.mark.parametrize("owner", [False, True])
@pytest.mark.parametrize(
    ("first", "then", "spoken"), [("ru", "en", "ru"), ("en-GB", "ru", "en"), (None, "en", "ru")]
)
async def test_the_first_word_fixes_the_language(
    database: Database,
    programme: Programme,
    first: str | None,
    then: str,
    spoken: str,
    owner: bool,
) -> None:
    assert (await writes(database, programme, first, owner)).language == spoken
    assert (await writes(database, programme, then, owner)).language == spoken
    kept = await account(database)
    assert (kept.language, kept.language_code) == (spoken, then)


async def test_an_account_that_was_only_written_to_is_fixed_with_its_first_word(
    database: Database, programme: Programme
) -> None:
    async with database.write() as db:
        await people.meet(db, ANNA, "ru", NOW)
    assert (await account(database)).language is None
    assert (await writes(database, programme, "en")).language == "en"
    assert (await writes(database, programme, "ru")).language == "en"


async def test_a_chosen_language_stays_until_another_one_is_chosen(
    database: Database, programme: Programme
) -> None:
    sender = await writes(database, programme, "ru")
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        assert await set_account_language(tx, sender=sender, language="en") == "en"
        assert await set_account_language(tx, sender=sender, language="de") == "ru"
    assert (await writes(database, programme, "ru")).language == "en"


async def test_a_client_is_spoken_to_in_the_language_of_the_card(
    database: Database, programme: Programme
) -> None:
    async with database.write() as db:
        await people.meet(db, ANNA, "ru", NOW, language="ru")
        await add_client(Tx(db, NOW, programme), telegram_id=ANNA, language="en")
    assert (await writes(database, programme, "ru")).language == "en"
