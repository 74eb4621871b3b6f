"""Instants for properties: any second of 2005 to 2034."""

from datetime import UTC, datetime

from hypothesis import strategies as st

instants = st.integers(
    int(datetime(2005, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2035, 1, 1, tzinfo=UTC).timestamp()) - 1,
).map(lambda second: datetime.fromtimestamp(second, UTC))
