"""What the tests of the rules share."""

import pytest

from loyalty.programme import Programme, load_programme
from programmes import SERVICE_CENTRE


@pytest.fixture(scope="session")
def programme() -> Programme:
    """The service centre's, as it comes with the product."""
    return load_programme(SERVICE_CENTRE)
