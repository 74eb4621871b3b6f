"""Services as staff type them."""

import pytest

from loyalty.programme import Programme
from loyalty.services import find_service


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("filter", "filter"),
        ("FILTER", "filter"),
        ("Замена фильтра", "filter"),
        ("  замена   ФИЛЬТРА ", "filter"),
        ("filter change", "filter"),
        ("Подарочный сертификат", "certificate"),
    ],
)
def test_a_listed_service_is_found_by_its_code_or_its_name_in_any_language(
    programme: Programme, typed: str, code: str
) -> None:
    service = find_service(programme, typed)
    assert service is not None
    assert service.code == code


@pytest.mark.parametrize("typed", ["", "фильтр", "пайка платы", "repair filter"])
def test_anything_else_is_a_service_as_typed(programme: Programme, typed: str) -> None:
    assert find_service(programme, typed) is None
