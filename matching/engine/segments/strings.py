"""Many strings in two arrays, so that they can be mapped from disk and shared between processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Strings(Sequence[str]):
    """Hold N strings as UTF-8: ``text`` end to end, ``offsets`` N + 1."""

    text: Bytes
    offsets: Offsets

    def part(self, start: int, end: int) -> Strings:
        """Return some strings that follow each other, sharing memory."""
        return Strings(self.text, self.offsets[start : end + 1])

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        """Lay strings end to end."""
        coded = [string.encode() for string in strings]
        offsets = np.cumsum([0, *map(len, coded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(coded), dtype=np.uint8), offsets)

    def __len__(self) -> int:
        return self.offsets.size - 1

    def __iter__(self) -> Iterator[str]:
        first, last = int(self.offsets[0]), int(self.offsets[-1])
        whole, offsets = self.text[first:last].tobytes(), (self.offsets - first).tolist()
        return (whole[start:end].decode() for start, end in pairwise(offsets))

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """Return one string, decoded."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.text[self.offsets[index] : self.offsets[index + 1]].tobytes().decode()


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary(Mapping[str, int]):
    """Find the number of a string in sorted, distinct ``keys`` without holding them as Python objects.

    ``hashes`` are sorted and ``places`` says which key each belongs to. What was found once is remembered, since
    demands use the same words again and again; what is not here is not: there is no end to it.
    """

    keys_: Strings
    hashes: Hashes
    places: NDArray[np.int32]
    _seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Strings) -> Vocabulary:
        """Hash the keys."""
        hashes = np.array([_hash(key) for key in keys], dtype=np.uint64)
        places = np.argsort(hashes, kind="stable").astype(np.int32)
        return cls(keys, hashes[places], places)

    def __getitem__(self, key: str) -> int:
        """Return a key's number. Raises KeyError."""
        number = self._seen.get(key)
        if number is None:
            number = self._seen[key] = self._find(key)
        return number

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_)

    def __len__(self) -> int:
        return len(self.keys_)

    def _find(self, key: str) -> int:
        """Look among the keys of the same hash, one as a rule. Raises KeyError."""
        wanted = np.uint64(_hash(key))
        place = int(np.searchsorted(self.hashes, wanted))
        while place < self.hashes.size and self.hashes[place] == wanted:
            number = int(self.places[place])
            if self.keys_[number] == key:
                return number
            place += 1
        raise KeyError(key)


def _hash(key: str) -> int:
    """Return 64 bits that are the same in every process and on every machine."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")
