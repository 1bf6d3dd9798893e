"""Typed readers of environment variables that refuse nonsense by name."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def text(name: str, *, default: str = "") -> str:
    """Read a string; an empty variable counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no value; raises ImproperlyConfigured for anything but 1/0, true/false, yes/no, on/off."""
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0, true or false, yes or no, on or off.")


def number(name: str, *, default: int, minimum: int = 0) -> int:
    """Read a whole number of at least `minimum`; raises ImproperlyConfigured otherwise."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < minimum:
        raise ImproperlyConfigured(f"{name}={value!r}: write a whole number of at least {minimum}.")
    return int(value)


def file(name: str) -> Path | None:
    """Read the path of a file; raises ImproperlyConfigured when it cannot be read, None when it is not set."""
    value = text(name)
    if not value:
        return None
    path = Path(value)
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ImproperlyConfigured(f"{name}={value!r}: there is no file of this name that can be read.")
    return path


def words(name: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """Read a comma-separated list; blanks around the items are dropped."""
    value = text(name)
    return [item.strip() for item in value.split(",") if item.strip()] if value else list(default)
