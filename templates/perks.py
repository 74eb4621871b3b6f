"""What a level's perks are called: the programme's file has codes only."""

from templates.labels import Labels, label_table
from templates.lengths import short

NAME_UTF16_MAX = 40


def perk_name(code: str, labels: Labels) -> str:
    """The name of a perk that the product knows; else its code, read as words."""
    key = f"perk.{code}"
    if key in label_table(labels.words.lang):
        return labels(key)
    return short(code.replace("_", " "), NAME_UTF16_MAX)
