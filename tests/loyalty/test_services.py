"""Services as staff type them."""

from dataclasses import replace

import pytest

from loyalty.programme import Programme
from loyalty.programme.text import Text
from loyalty.services import find_service, services_meant


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("filter", "filter"),
        ("FILTER", "filter"),
        ("Замена фильтра", "filter"),
        ("  замена   ФИЛЬТРА ", "filter"),
        ("filter change", "filter"),
        ("Подарочный сертификат", "certificate"),
        ("фильтр", "filter"),
        ("замена ф", "filter"),
        ("рем", "repair"),
        ("тификат", "certificate"),
    ],
)
def test_a_listed_service_is_found_by_its_code_or_its_name_or_a_part_of_it(
    programme: Programme, typed: str, code: str
) -> None:
    service = find_service(programme, typed)
    assert service is not None
    assert service.code == code


@pytest.mark.parametrize("typed", ["", "фи", "ион", "ремонт экрана", "пайка", "repair filter"])
def test_anything_else_is_a_service_as_typed(programme: Programme, typed: str) -> None:
    assert find_service(programme, typed) is None


def test_words_that_several_services_have_stand_for_each_of_them(programme: Programme) -> None:
    one, other = programme.services[:2]
    alike = replace(
        programme,
        services=(
            replace(one, name=Text({"ru": "Чистка ноутбука"})),
            replace(other, name=Text({"ru": "Глубокая чистка"})),
        ),
    )
    assert services_meant(alike, "чистка") == alike.services
    assert find_service(alike, "чистка") is None
    assert find_service(alike, "глубокая") == alike.services[1]
