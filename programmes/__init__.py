"""The programmes that come with the product, each explained to its owner in its own file."""

from pathlib import Path

SERVICE_CENTRE = Path(__file__).with_name("service_centre.toml")
SALON = Path(__file__).with_name("salon.toml")
CAFE = Path(__file__).with_name("cafe.toml")
FITNESS_CLUB = Path(__file__).with_name("fitness_club.toml")
PRESETS = (SERVICE_CENTRE, SALON, CAFE, FITNESS_CLUB)
