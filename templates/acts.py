"""What an act in the audit log is called: the log has codes only."""

from templates.labels import Labels, label_table
from templates.lengths import short

NAME_UTF16_MAX = 60


def act_name(code: str, labels: Labels) -> str:
    """The words for an act that the product knows; else its code, read as words."""
    key = f"act.{code.replace('.', '_')}"
    if key in label_table(labels.words.lang):
        return labels(key)
    return short(code.replace("_", " ").replace(".", ": "), NAME_UTF16_MAX)
