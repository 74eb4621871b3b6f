"""Letters that wait for somebody else and name a person who is erased just now (rule 21).

A notice is kept as facts: what says who it was becomes a dash. A finished call is text and cannot
be mended: whoever waits for it reads that it is out of date. All that was sent is emptied anyway.
"""

import html
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from operations.outgoing import Letter, queue_reworded, to_account
from operations.transaction import Tx
from storage import erasing, forgetting
from storage.clients import Client
from storage.outbox import Lane
from templates.contexts import ContextUnreadable, dump_context, load_context
from templates.every_chat import Outdated

NOBODY = "—"
PAGE_MAX = 500
WORDS_MAX = 50  # the latest of a kind: older ones wait nowhere
WORDS_TELLING_MIN = 12  # characters; shorter ones may be anybody's
PIECE_MAX = 12  # characters that a letter is looked for by
CLIPPED_MIN = 3  # characters of a name before the ellipsis that say whose it is
_TAG = re.compile(r"<[^<>]*>")
_CODES = frozenset({"callback_data", "parse_mode", "url"})  # of a call: nobody reads them


@dataclass(frozen=True)
class Telltale:
    """What says of whom a letter speaks."""

    names: tuple[str, ...]  # the longest first; a first name alone is what other clients read
    phones: frozenset[str]  # E.164
    words: frozenset[str]
    services: frozenset[str]  # as staff typed them: others have the same, so they tell nothing

    @classmethod
    def of(
        cls, records: Collection[Client], words: Collection[str], services: Collection[str]
    ) -> "Telltale":
        whole = {record.name.strip() for record in records if record.name and record.name.strip()}
        first = {name.split()[0] for name in whole}
        phones = frozenset(record.phone for record in records if record.phone)
        names = tuple(sorted(whole | first, key=len, reverse=True))
        return cls(names, phones, frozenset(words), frozenset(services))

    def pieces(self) -> set[str]:
        """Text that stands in every letter that is meant, however it is written there."""
        telling = {one for one in self.words if _is_telling(one)}
        said = {max(re.findall(r"\w+", one) or [one], key=len)[:PIECE_MAX] for one in telling}
        begun = {(re.findall(r"^\w+", name) or [name])[0][:CLIPPED_MIN] for name in self.names}
        pieces = said | begun | self.phones
        return pieces | {_in_nested_json(piece) for piece in pieces}

    def to(self, waiting: forgetting.Waiting) -> "Telltale":
        """For this recipient: their own name is theirs, and what they read is not staff's."""
        own = waiting.recipient_name
        names = self.names if own is None else tuple(n for n in self.names if not _names(n, own))
        words = self.words if waiting.letter.client_id is None else frozenset[str]()
        return Telltale(names, self.phones, words, self.services)

    def tells(self, text: str) -> bool:
        """The text names the person, or repeats what they wrote."""
        return (
            any(_names(name, text) or _clips(name, text) for name in self.names)
            or any(phone in text for phone in self.phones)
            or any(_is_telling(one) and one in text for one in self.words)
        )

    def blank(self, text: str) -> str:
        """The text without the person."""
        if text in self.words | self.services:
            return NOBODY
        if any(_is_telling(one) and one in text for one in self.words):
            return NOBODY
        for phone in self.phones:
            text = text.replace(phone, NOBODY)
        for name in self.names:
            text = re.sub(_whole(name), NOBODY, text)
        return text


async def reword_letters(tx: Tx, ids: Collection[int], records: Collection[Client]) -> int:
    """Takes the person out of all that waits for others; how many letters.

    Called while the person's words are still there, and under their lock.
    """
    words = await erasing.words_about(tx.db, ids, limit=WORDS_MAX)
    services = await erasing.services_typed(tx.db, ids, limit=WORDS_MAX)
    telltale = Telltale.of(records, words, services)
    pieces = telltale.pieces()
    reworded, after = 0, 0
    while pieces:
        page = await forgetting.waiting_for_others(
            tx.db, ids, pieces, after_id=after, limit=PAGE_MAX
        )
        found = [await _reworded(tx, one.letter, telltale.to(one)) for one in page]
        letters = [letter for letter in found if letter is not None]
        await queue_reworded(tx, letters)
        reworded += len(letters)
        if len(page) < PAGE_MAX:
            break
        after = page[-1].letter.id
    return reworded


async def _reworded(tx: Tx, letter: Letter, telltale: Telltale) -> Letter | None:
    """The letter in other words; None where it does not speak of the person."""
    if letter.context is not None and letter.notice is not None:
        context = _told_anew(letter.notice, letter.context, telltale)
        if context is not None:
            return replace(letter, context=context) if context else await _outdated(tx, letter)
        return None
    if letter.payload is None or not any(map(telltale.tells, _texts(letter.payload))):
        return None
    if letter.lane is Lane.CALLBACK:
        # The answer to a tap: it must come, and may say nothing.
        return replace(letter, payload={k: v for k, v in letter.payload.items() if k != "text"})
    return await _outdated(tx, letter)


async def _outdated(tx: Tx, letter: Letter) -> Letter:
    recipient = await to_account(tx, letter.chat_id)
    return replace(
        letter,
        method=None,
        payload=None,
        notice=Outdated.message_name,
        context=dump_context(Outdated()),
        language=recipient.language,
        has_files=False,
    )


def _told_anew(notice: str, context: str, telltale: Telltale) -> str | None:
    """The context without the person; None: it does not name them; empty: it cannot be mended."""
    facts = json.loads(context)
    if not any(map(telltale.tells, _strings(facts))):
        return None
    mended = json.dumps(_mapped(facts, telltale.blank), ensure_ascii=False)
    try:
        load_context(notice, mended)
    except (ContextUnreadable, LookupError):
        return ""
    return mended


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _mapped(one, change) for key, one in value.items()}
    return value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _CODES:
                yield from _strings(one)


def _texts(payload: Any) -> Iterator[str]:
    """What people read of a call: a keyboard or a picture in it is JSON of its own."""
    for said in _strings(payload):
        if said[:1] in ("{", "["):
            try:
                yield from _texts(json.loads(said))
                continue
            except ValueError:
                pass
        yield html.unescape(_TAG.sub("", said))


def _is_telling(words: str) -> bool:
    return len(words) >= WORDS_TELLING_MIN


def _in_nested_json(text: str) -> str:
    """As it stands in a keyboard: JSON of ASCII alone, in a string of JSON."""
    return json.dumps(json.dumps(text)[1:-1])[1:-1]


def _whole(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _names(name: str, text: str) -> bool:
    return name in text and re.search(_whole(name), text) is not None


def _clips(name: str, text: str) -> bool:
    """A beginning of the name stands before an ellipsis."""
    if "…" not in text:
        return False
    return any(f"{name[:end]}…" in text for end in range(CLIPPED_MIN, len(name)))
