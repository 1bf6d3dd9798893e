"""Folders of arrays: written beside the old one, swapped by one atomic rename, mapped and never written again.

``root/current.json`` names the folder in use and the checksum of its manifest.json, which names its .npy files and
theirs.
Nothing is pickled, so that a folder from elsewhere can at worst be refused.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

CURRENT: Final = "current.json"
MANIFEST: Final = "manifest.json"
BUILDING: Final = "building-"

Arrays = Mapping[str, np.ndarray]


class GenerationError(Exception):
    """A generation cannot be used; build a new one."""


class GenerationMissingError(GenerationError):
    """There is no generation."""


class GenerationStaleError(GenerationError):
    """The generation was made by another engine, with another configuration or of another corpus."""


class GenerationCorruptError(GenerationError):
    """A file of the generation is not what was written."""


def write(root: Path, arrays: Arrays, facts: Mapping[str, Any]) -> tuple[Path, str]:
    """Write arrays and facts into a new folder and make it the current one; return it and its manifest's checksum."""
    root.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=root))
    sums = {}
    for name, values in arrays.items():
        path = building / f"{name}.npy"
        np.save(path, values, allow_pickle=False)
        sums[name] = _checksum(path)
    manifest = {**facts, "files": sums}
    (building / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    checksum = _checksum(building / MANIFEST)
    building.chmod(0o755)
    folder = _named(building)
    pointer = building.with_suffix(".json")
    pointer.write_text(json.dumps({"generation": folder.name, "manifest": checksum}), encoding="utf-8")
    pointer.replace(root / CURRENT)
    return folder, checksum


def current(root: Path) -> tuple[Path, str]:
    """Return the folder in use and its manifest's checksum. Raises GenerationMissingError."""
    try:
        pointer = json.loads((root / CURRENT).read_text(encoding="utf-8"))
        folder, checksum = root / Path(pointer["generation"]).name, str(pointer["manifest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GenerationMissingError(f"{root} has no current generation") from error
    if not folder.is_dir():
        raise GenerationMissingError(f"{folder} is gone")
    return folder, checksum


def read_facts(folder: Path, checksum: str) -> dict[str, Any]:
    """Return the manifest. Raises GenerationCorruptError."""
    try:
        whole = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise GenerationCorruptError(f"{folder / MANIFEST} cannot be read") from error
    if hashlib.sha256(whole).hexdigest() != checksum:
        raise GenerationCorruptError(f"{folder / MANIFEST} was changed")
    facts: dict[str, Any] = json.loads(whole)
    return facts


def read_arrays(folder: Path, sums: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Map the arrays of a folder after a look at every byte. Raises GenerationCorruptError."""
    arrays = {}
    for name, expected in sums.items():
        path = folder / f"{name}.npy"
        try:
            if _checksum(path) != expected:
                raise GenerationCorruptError(f"{path} was changed")
            try:
                found = np.load(path, mmap_mode="r", allow_pickle=False)
            except ValueError:  # an empty array cannot be mapped
                found = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise GenerationCorruptError(f"{path} cannot be read") from error
        arrays[name] = np.asarray(found)
    return arrays


def prune(root: Path, *, keep: int = 2, abandoned_before: datetime) -> list[Path]:
    """Delete all but the newest generations, and what was abandoned half-built; return what was deleted.

    A process that has mapped a deleted generation keeps its pages until it opens the next one.
    """
    numbered = sorted((path for path in root.iterdir() if path.name.isdecimal()), key=lambda path: int(path.name))
    abandoned = [path for path in root.glob(f"{BUILDING}*") if changed_at(path) < abandoned_before.timestamp()]
    used, _ = current(root)
    doomed = [path for path in numbered[: max(len(numbered) - keep, 0)] if path != used] + abandoned
    for path in doomed:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return doomed


def changed_at(path: Path) -> float:
    """Return when a file or folder was changed last, in seconds; never, if another process has just taken it away."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _named(building: Path) -> Path:
    """Give a finished folder the next free number; a rename onto another's folder fails."""
    number = max((int(path.name) for path in building.parent.iterdir() if path.name.isdecimal()), default=0)
    while True:
        number += 1
        try:
            return building.rename(building.parent / str(number))
        except OSError:
            if not (building.parent / str(number)).exists():
                raise


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
