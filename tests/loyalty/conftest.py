"""What the tests of the rules share."""

import pytest
from hypothesis import settings

from loyalty.programme import Programme, load_programme
from programmes import SERVICE_CENTRE

# A busy machine is no bug: hypothesis's own time limit for an example is switched off.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")


@pytest.fixture(scope="session")
def programme() -> Programme:
    """The service centre's, as it comes with the product."""
    return load_programme(SERVICE_CENTRE)
