"""How many decimals the money of a country has (ISO 4217)."""

import re

_WITHOUT_DECIMALS = re.compile(
    "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF"
)
_WITH_THREE_DECIMALS = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND")
_CODE = re.compile(r"[A-Z]{3}")


def is_currency_code(code: str) -> bool:
    """Whether this has the form of an ISO 4217 code; the list of codes itself is not kept here."""
    return _CODE.fullmatch(code) is not None


def minor_digits(currency: str) -> int:
    """Decimals of the currency's minor unit: 2 unless ISO 4217 says 0 or 3."""
    if _WITHOUT_DECIMALS.fullmatch(currency):
        return 0
    return 3 if _WITH_THREE_DECIMALS.fullmatch(currency) else 2
