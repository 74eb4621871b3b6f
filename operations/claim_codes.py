"""The code of a claimed reward: said aloud at the desk, typed there on whatever keyboard.

It is seven characters of fifteen: the digits without 0 and 1, and letters that look and sound
alike whether the keyboard is Russian or English. It begins with a letter and holds a digit, so that
no amount, phone, card's number or word is taken for one. There are some 80 million; only staff can
try them, and are stopped after a few.
"""

import re
import secrets

DIGITS = "23456789"
LETTERS = "AEKMTXY"
CODE_CHARS = 7
FIRST_GROUP_CHARS = 3

_SAME_IN_CYRILLIC = str.maketrans("АЕКМТХУ", "AEKMTXY")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_CODE = re.compile(rf"(?=.*[{DIGITS}])[{LETTERS}][{LETTERS}{DIGITS}]{{{CODE_CHARS - 1}}}")
_TYPED_CHARS_MAX = 32


def random_claim_code() -> str:
    """A code that may be taken already: try again."""
    while True:
        rest = (secrets.choice(LETTERS + DIGITS) for _ in range(CODE_CHARS - 1))
        code = secrets.choice(LETTERS) + "".join(rest)
        if _CODE.fullmatch(code):
            return code


def read_claim_code(typed: str) -> str | None:
    """The code as it is kept: «км7-42ат» and "KM7 42AT" are KM742AT. None: it is no code."""
    if len(typed) > _TYPED_CHARS_MAX:
        return None
    code = _BETWEEN.sub("", typed).upper().translate(_SAME_IN_CYRILLIC)
    return code if _CODE.fullmatch(code) else None


def grouped_code(code: str) -> str:
    """As it is shown and said: "KM7-42AT"."""
    return f"{code[:FIRST_GROUP_CHARS]}-{code[FIRST_GROUP_CHARS:]}"
