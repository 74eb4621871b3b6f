"""The owner's own texts: greeting, rules, privileges of each level; in each language."""

from loyalty.programme import Programme
from loyalty.programme.overrides import TEXTS
from templates.own_texts import OwnText


def text_key(kind: OwnText, language: str, level: str | None = None) -> str:
    """Where it is kept among the versions: "texts.privileges.gold.ru"."""
    return TEXTS + ".".join(part for part in (kind.value, level, language) if part)


def own_text(
    programme: Programme, kind: OwnText, language: str, level: str | None = None
) -> str | None:
    """As the owner typed it; None: the product's own words, in this language at least."""
    return programme.texts.get(text_key(kind, language, level))
