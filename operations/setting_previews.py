"""What an owner sees before a change: what the new value means, or why it cannot be."""

from loyalty.programme import Programme, ProgrammeInvalid
from loyalty.programme.mistakes import expected_of
from loyalty.programme.typed import load_raw
from operations.in_force import InForce
from operations.programme_rules import filling_of
from operations.senders import Sender
from operations.setting_effects import example_of, kept_by
from operations.setting_subjects import Subject, subjects
from operations.transaction import Tx
from templates import settings as screens
from templates.own_texts import TextPreview
from templates.settings import Preview, Wrong


def programme_with(in_force: InForce, subject: Subject, new: str | None) -> Programme:
    """With this value; None: with the one in the file. Raises ProgrammeInvalid."""
    overrides = dict(in_force.effective.overrides)
    overrides.pop(subject.key, None)
    if new is not None:
        overrides[subject.key] = load_raw(new)
    return in_force.file.changed(overrides)


def wrong_value(
    in_force: InForce, subject: Subject, new: str | None, invalid: ProgrammeInvalid, language: str
) -> Wrong:
    """The mistake at this key, else the first one: that of a figure that does not go with it."""
    file = in_force.file
    at_key = [
        (file.key_at(mistake.key), expected_of(mistake.expected)) for mistake in invalid.mistakes
    ]
    own = [found for found in at_key if found[0] == subject.key]
    key, expected = (own or at_key)[0]
    other = None if key is None or key == subject.key else subjects(in_force.programme).get(key)
    raw = None if new is None else load_raw(new)
    typed = ", ".join(map(str, raw)) if isinstance(raw, list) else str(raw)
    return Wrong(
        typed=typed,
        fault=expected.fault,
        low=expected.low,
        high=expected.high,
        digits=expected.digits,
        other=None if other is None else other.title(language),
    )


def promise_stands(
    subject: Subject, before: Programme, broken: screens.Barrier, language: str
) -> screens.PromiseStands:
    """Why a value that is valid cannot be taken now: something promised rests on the old one."""
    value = subject.value(before)
    assert value is not None, "texts promise nothing that is reckoned with"
    return screens.PromiseStands(subject.section, subject.title(language), value, broken)


def preview_of(
    tx: Tx,
    actor: Sender,
    in_force: InForce,
    subject: Subject,
    after: Programme,
    draft_id: int,
    by: str | None,
    *,
    is_meanwhile: bool,
) -> Preview | TextPreview:
    """The change as it is confirmed or dropped; `by`: who changed the same meanwhile."""
    before, language = in_force.programme, actor.language
    title, figure = subject.title(language), subject.figure
    if figure is None:
        level = None if subject.of_code is None else after.tiers.level(subject.of_code)
        return TextPreview(
            draft_id=draft_id,
            title=title,
            text=after.texts.get(subject.key),
            before=before.texts.get(subject.key),
            filling=filling_of(
                after,
                subject.language or language,
                name=actor.first_name,
                level=level or after.tiers.levels[0],
            ),
            meanwhile_by=by,
            is_meanwhile=is_meanwhile,
        )
    old, new = subject.value(before), subject.value(after)
    assert old is not None, "a figure has a value"
    assert new is not None, "a figure has a value"
    return Preview(
        draft_id=draft_id,
        title=title,
        before=old,
        after=new,
        example=example_of(tx, figure, before, after, language),
        kept=kept_by(figure, before),
        is_as_in_file=subject.seen(after) == subject.seen(in_force.file.programme),
        file_name=in_force.file.file_name,
        meanwhile_by=by,
        is_meanwhile=is_meanwhile,
    )
