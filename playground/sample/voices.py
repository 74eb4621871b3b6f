"""What the clients of the sample business say about their visits, and what they are answered."""

from operations.case_answers import AnswerBegun, answer_case, begin_answer, close_case
from operations.feedback import NotTheirs, add_words, rate
from operations.senders import Sender
from operations.transaction import Tx
from playground.sample.cast import LIDIA, OWNER, Colleague
from playground.sample.happenings import Opinion, Reply
from storage import cases, clients, visits
from storage.clients import Client

OWNER_IDS = frozenset({OWNER.telegram_id})
ANSWERS = {
    "ru": "Спасибо, что сказали. Разобрались и учли: в следующий раз такого не будет.",
    "en": "Thank you for telling us. We have looked into it: it will not happen again.",
}


def sender(colleague: Colleague) -> Sender:
    """A colleague who acts."""
    return Sender(
        telegram_id=colleague.telegram_id,
        first_name=colleague.name,
        language="ru",
        client=None,
        role=colleague.role,
        branch=colleague.branch,
        referral_code=None,
        source_code=None,
        state=None,
        state_data={},
    )


async def tell_opinion(tx: Tx, opinion: Opinion) -> None:
    """Rates the client's last visit, with the words if there are any."""
    client = await _client(tx, opinion.client.telegram_id)
    visit = await visits.last_of_client(tx.db, client.id)
    assert visit is not None, "who has an opinion has been here"
    actor = speaker(client)
    rated = await rate(
        tx,
        actor=actor,
        about=visit.id,
        is_visit=True,
        rating=opinion.rating,
        owner_ids=OWNER_IDS,
    )
    assert not isinstance(rated, NotTheirs), "it is their own visit"
    feedback_id = getattr(rated, "feedback_id", None)
    if feedback_id is not None:
        await add_words(
            tx, actor=actor, feedback_id=feedback_id, words=opinion.words, owner_ids=OWNER_IDS
        )


async def answer_complaint(tx: Tx, reply: Reply) -> None:
    """The manager writes to the client and closes the case."""
    client = await _client(tx, reply.client.telegram_id)
    case = await cases.open_complaint_of(tx.db, client.id)
    if case is None:
        return
    manager = sender(LIDIA)
    begun = await begin_answer(tx, actor=manager, case_id=case.id)
    assert isinstance(begun, AnswerBegun), begun
    await answer_case(
        tx,
        actor=manager,
        case_id=case.id,
        words=ANSWERS[reply.client.language],
        seen=begun.seen,
        was_open=begun.was_open,
        owner_ids=OWNER_IDS,
    )
    await close_case(tx, actor=manager, case_id=case.id, owner_ids=OWNER_IDS)


async def _client(tx: Tx, telegram_id: int) -> Client:
    found = await clients.by_telegram_id(tx.db, telegram_id)
    assert found is not None, "nobody speaks before they registered"
    return found


def speaker(client: Client) -> Sender:
    """A client who acts."""
    assert client.telegram_id is not None, "whoever speaks here has an account"
    return Sender(
        telegram_id=client.telegram_id,
        first_name=client.name or "",
        language=client.language,
        client=client,
        role=None,
        branch=None,
        referral_code=None,
        source_code=None,
        state=None,
        state_data={},
    )
