"""Supplies as the signals read them, without their texts, kept as JSON so that a generation holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any, overload

from matching.engine.segments.strings import Strings
from matching.engine.types import Profile

TEXTS = frozenset({"title", "summary", "body", "keywords"})
_DEFAULTS = {field.name: field.default for field in fields(Profile) if field.name not in TEXTS}
_DATES = frozenset({"start_date", "end_date", "confirmed_date"})


@dataclass(frozen=True, slots=True, eq=False)
class Profiles(Sequence[Profile]):
    """Read profiles from their stored facets, one when it is looked at; their texts are empty."""

    stored: Strings

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> Profiles:
        """Store what each profile states, without its texts."""
        return cls(Strings.of(_dump(profile) for profile in profiles))

    def __len__(self) -> int:
        return len(self.stored)

    def __iter__(self) -> Iterator[Profile]:
        return (self._load(line) for line in self.stored)

    @overload
    def __getitem__(self, index: int) -> Profile: ...

    @overload
    def __getitem__(self, index: slice) -> list[Profile]: ...

    def __getitem__(self, index: int | slice) -> Profile | list[Profile]:
        """Read one profile."""
        if isinstance(index, slice):
            return [self._load(line) for line in self.stored[index]]
        return self._load(self.stored[index])

    @staticmethod
    def _load(line: str) -> Profile:
        data: dict[str, Any] = json.loads(line)
        for name, value in data.items():
            if name in _DATES:
                data[name] = date.fromisoformat(value)
            elif isinstance(value, list):
                data[name] = tuple(tuple(item) if isinstance(item, list) else item for item in value)
        return Profile(title="", **data)


def _dump(profile: Profile) -> str:
    """Return the stated facets of a profile as JSON; what is not stated has its default again when it is read."""
    stated = {
        name: value
        for name, default in _DEFAULTS.items()
        if (value := getattr(profile, name)) != default or default is MISSING
    }
    return json.dumps(stated, default=date.isoformat, ensure_ascii=False, separators=(",", ":"))
