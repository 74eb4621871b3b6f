"""The programmes that come with the product, each a file in the format of its first lines."""

from pathlib import Path

SERVICE_CENTRE = Path(__file__).with_name("service_centre.toml")
