"""/settings: an owner changes a figure or a text, after having seen what it means.

A change is a new version and nothing else: the programme in force is the file with the newest value
of each key over it (`in_force`), read by the file's own reader.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from loyalty.programme import Programme, ProgrammeInvalid
from loyalty.programme.settable import Section
from loyalty.programme.typed import Raw, dump_raw, load_raw, read_typed
from operations.authority import require
from operations.in_force import InForce
from operations.owners import names_of
from operations.senders import Role, Sender
from operations.setting_effects import barrier
from operations.setting_notices import tell_other_owners
from operations.setting_previews import preview_of, programme_with, promise_stands, wrong_value
from operations.setting_subjects import Subject, subjects
from operations.transaction import Tx
from storage import audit_log, programme_changes
from storage.programme_changes import Draft, DraftStatus
from templates import settings as screens
from templates.figure_words import Value
from templates.lengths import utf16_length
from templates.own_texts import LENGTH_MAX, PLACEHOLDERS, TextFault, TextPreview
from templates.owner_texts import OwnerTextInvalid, check_owner_text
from templates.settings import Preview, Wrong

PREVIEW_LIVES = timedelta(hours=24)
VERSION_IN_AUDIT_CHARS = 64


@dataclass(frozen=True)
class Unknown:
    """No such figure, version or preview of this owner: forged, or gone from the file."""


@dataclass(frozen=True)
class Refused:
    """The value cannot be: the person is asked again."""

    subject: Subject
    wrong: Wrong | TextFault


Proposed = Preview | TextPreview | screens.AlreadySo | screens.PromiseStands | Refused


@dataclass(frozen=True)
class Confirmed:
    """It holds, by this tap or by an earlier one."""

    screen: screens.Changed
    repeated: bool


async def propose_typed(
    tx: Tx, *, actor: Sender, in_force: InForce, subject: Subject, typed: str
) -> Proposed:
    """What the person typed or chose, as a preview; nothing changes by it."""
    if subject.figure is not None:
        raw = read_typed(subject.figure.kind, typed)
        return await propose(tx, actor=actor, in_force=in_force, subject=subject, raw=raw)
    assert subject.text is not None, "a figure or a text"
    words = typed.strip()
    length_max = LENGTH_MAX[subject.text]
    try:
        check_owner_text(words, PLACEHOLDERS[subject.text], length_max_utf16=length_max)
    except OwnerTextInvalid as invalid:
        fault = TextFault(invalid.fault, invalid.culprit, utf16_length(words))
        return Refused(subject, fault)
    return await propose(tx, actor=actor, in_force=in_force, subject=subject, raw=words)


async def propose(
    tx: Tx, *, actor: Sender, in_force: InForce, subject: Subject, raw: Raw
) -> Proposed:
    """This value in the file's place, as a preview; None leaves the key out."""
    return await _propose(tx, actor, in_force, subject, dump_raw(raw))


async def propose_as_in_file(
    tx: Tx, *, actor: Sender, in_force: InForce, subject: Subject
) -> Proposed:
    """What was changed here goes: as the file says, as the product writes it."""
    return await _propose(tx, actor, in_force, subject, None)


async def _propose(
    tx: Tx,
    actor: Sender,
    in_force: InForce,
    subject: Subject,
    new: str | None,
    *,
    since: Draft | None = None,
) -> Proposed:
    """`since`: an earlier preview of the same, which something came between."""
    require(actor, Role.OWNER)
    before = in_force.programme
    try:
        after = programme_with(in_force, subject, new)
    except ProgrammeInvalid as invalid:
        return Refused(subject, wrong_value(in_force, subject, new, invalid, actor.language))
    is_reset = new is None and subject.key in in_force.effective.overrides
    if subject.seen(before) == subject.seen(after) and not is_reset:
        title = subject.title(actor.language)
        return screens.AlreadySo(subject.section, title, subject.value(before))
    if subject.figure is not None:
        broken = await barrier(tx, subject.figure, before, after)
        if broken is not None:
            return promise_stands(subject, before, broken, actor.language)
    draft_id = await programme_changes.add_draft(
        tx.db,
        {
            "actor_id": actor.telegram_id,
            "key": subject.key,
            "seen": subject.seen(before),
            "new": new,
            "created_at": tx.now,
        },
    )
    by = None if since is None else await _last_changed_by(tx, subject.key)
    is_meanwhile = since is not None and since.seen != subject.seen(before)
    return preview_of(tx, actor, in_force, subject, after, draft_id, by, is_meanwhile=is_meanwhile)


async def confirm_change(
    tx: Tx,
    *,
    actor: Sender,
    in_force: InForce,
    draft_id: int,
    owner_ids: Collection[int] = (),
) -> Confirmed | screens.NotChanged | Proposed | Unknown:
    """✅: the new version, once however often it is tapped; the other owners are told.

    Where something came between the preview and the tap, it is shown anew and nothing changes.
    """
    require(actor, Role.OWNER)
    await programme_changes.lock(tx.db)
    await in_force.refresh(tx.db)
    draft = await programme_changes.draft(tx.db, draft_id)
    if draft is None or draft.actor_id != actor.telegram_id:
        return Unknown()
    subject = subjects(in_force.programme).get(draft.key)
    if subject is None:
        return Unknown()
    if draft.status is not DraftStatus.OPEN:
        return await _decided_before(tx, in_force, subject, draft, actor)
    is_stale = draft.seen != subject.seen(in_force.programme)
    if is_stale or draft.created_at + PREVIEW_LIVES <= tx.now:
        return await _propose(tx, actor, in_force, subject, draft.new, since=draft)
    try:
        after = programme_with(in_force, subject, draft.new)
    except ProgrammeInvalid as invalid:
        return Refused(subject, wrong_value(in_force, subject, draft.new, invalid, actor.language))
    if subject.figure is not None:
        broken = await barrier(tx, subject.figure, in_force.programme, after)
        if broken is not None:
            return promise_stands(subject, in_force.programme, broken, actor.language)
    version = await _add_version(tx, actor, subject, draft)
    await tell_other_owners(
        tx,
        actor=actor,
        subject=subject,
        before=in_force.programme,
        after=after,
        version=version,
        owner_ids=owner_ids,
    )
    changed = screens.Changed(
        section=subject.section,
        title=subject.title(actor.language),
        before=subject.value(in_force.programme),
        after=subject.value(after),
        version=version,
    )
    return Confirmed(changed, repeated=False)


async def _add_version(tx: Tx, actor: Sender, subject: Subject, draft: Draft) -> int:
    version = await programme_changes.add(
        tx.db,
        {
            "key": subject.key,
            "old": draft.seen,
            "new": draft.new,
            "actor_id": actor.telegram_id,
            "at": tx.now,
        },
    )
    decided = await programme_changes.decide_draft(
        tx.db, draft.id, DraftStatus.DONE, version=version
    )
    assert decided, "the lock lets one tap through"
    # The key alone: what an owner writes may be words of a person.
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="settings.changed",
        subject_id=version,
        details={"key": subject.key},
    )
    return version


async def _decided_before(
    tx: Tx, in_force: InForce, subject: Subject, draft: Draft, actor: Sender
) -> Confirmed | screens.NotChanged:
    title = subject.title(actor.language)
    made = None
    if draft.version is not None:
        made = await programme_changes.by_version(tx.db, draft.version)
    if made is None:
        return screens.NotChanged(subject.section, title)
    changed = screens.Changed(
        section=subject.section,
        title=title,
        before=value_at(in_force, subject, made.old),
        after=value_at(in_force, subject, made.new),
        version=made.version,
    )
    return Confirmed(changed, repeated=True)


async def drop_change(
    tx: Tx, *, actor: Sender, in_force: InForce, draft_id: int
) -> Confirmed | screens.NotChanged | Unknown:
    """❌; what was confirmed before stays so, and that is told."""
    require(actor, Role.OWNER)
    draft = await programme_changes.draft(tx.db, draft_id)
    if draft is None or draft.actor_id != actor.telegram_id:
        return Unknown()
    subject = subjects(in_force.programme).get(draft.key)
    if subject is None:
        return Unknown()
    if await programme_changes.decide_draft(tx.db, draft.id, DraftStatus.DROPPED):
        return screens.NotChanged(subject.section, subject.title(actor.language))
    decided = await programme_changes.draft(tx.db, draft_id)
    assert decided is not None, "drafts are not deleted"
    return await _decided_before(tx, in_force, subject, decided, actor)


async def propose_return(
    tx: Tx, *, actor: Sender, in_force: InForce, version: int, before: bool
) -> Proposed | Unknown:
    """The value that a version made, or the one that held before it, as a preview."""
    require(actor, Role.OWNER)
    made = await programme_changes.by_version(tx.db, version)
    subject = None if made is None else subjects(in_force.programme).get(made.key)
    if made is None or subject is None:
        return Unknown()
    new: str | None = made.old if before else made.new
    is_standard_text = subject.text is not None and new is not None and load_raw(new) is None
    if is_standard_text:
        new = None
    return await _propose(tx, actor, in_force, subject, new)


def value_at(in_force: InForce, subject: Subject, stored: str | None) -> Value | None:
    """A stored value, to be shown; None for a text, and for one that fits no more."""
    if subject.figure is None:
        return None
    try:
        overrides = {} if stored is None else {subject.key: load_raw(stored)}
        return subject.value(in_force.file.changed(overrides))
    except ProgrammeInvalid:
        return None


async def _last_changed_by(tx: Tx, key: str) -> str | None:
    for change in await programme_changes.of_key(tx.db, key, limit=1):
        return (await names_of(tx, {change.actor_id})).get(change.actor_id)
    return None


def sections_of(programme: Programme) -> tuple[Section, ...]:
    """Those that have something to change, in their order."""
    there = {subject.section for subject in subjects(programme).values()}
    return tuple(section for section in Section if section in there)
