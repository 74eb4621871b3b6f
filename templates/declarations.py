"""What the modules of `templates/` declare: found without a list that somebody would keep."""

import dataclasses
import functools
import importlib
import pkgutil

import templates


@functools.cache
def import_all_modules() -> None:
    """Imports every module of `templates/` once: each declares its messages and callbacks."""
    for module in pkgutil.iter_modules(templates.__path__):
        if not module.ispkg:
            importlib.import_module(f"templates.{module.name}")


def is_frozen_dataclass(cls: type) -> bool:
    """Whether instances cannot change, so that they can be stored, compared and shared."""
    parameters = cls.__dict__.get("__dataclass_params__")
    return dataclasses.is_dataclass(cls) and parameters is not None and bool(parameters.frozen)
