"""The open archive: all that everybody may read, as files that anybody may keep."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Prefetch

from accounts.models import Organisation
from core.publicids import new_public_id
from solutions.enums import Kind
from solutions.models import Entry, EntryTranslation
from solutions.models.collection import Collection, CollectionEntry
from solutions.queries import with_everything
from solutions.rules import SUMMARY_FIELDS
from solutions.services.exporting import CHUNK, exported
from taxonomy.models import (
    Country,
    CountryGroup,
    CountryGroupMembership,
    Goal,
    Language,
    Modality,
    Region,
    Sector,
    Target,
)

CURRENT = "current"
MANIFEST = "manifest.json"
KEPT = 2
"""How many archives stay: the one before too, for whoever is reading it."""
REFERENCE: dict[str, type[Model]] = {
    "goals": Goal,
    "targets": Target,
    "regions": Region,
    "countries": Country,
    "country_groups": CountryGroup,
    "country_group_memberships": CountryGroupMembership,
    "sectors": Sector,
    "modalities": Modality,
    "languages": Language,
}

Track = Callable[[Iterable[str], str], Iterable[str]]


@dataclass(frozen=True)
class ArchivedFile:
    """A file of the archive, as its manifest tells of it."""

    name: str
    records: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Archive:
    """A whole archive, where it lies, and what its manifest says."""

    folder: Path
    made_at: datetime
    licence: str
    files: tuple[ArchivedFile, ...]

    def file(self, name: str) -> ArchivedFile | None:
        """Return a file that the manifest names."""
        return next((file for file in self.files if file.name == name), None)


def _untracked(lines: Iterable[str], _name: str) -> Iterable[str]:
    return lines


def write_archive(*, folder: Path | None = None, track: Track = _untracked, at: datetime) -> Archive:
    """Write all that is public anew, each file with its checksum, and let it take the place of the last archive.

    Entries are in the form that the import reads, under their permanent public ids, demands with a public summary in
    summary. Readers see the old archive or the new one, never a part; a failed run leaves the old one standing.
    """
    root = folder or settings.ARCHIVE_DIR
    root.mkdir(parents=True, exist_ok=True)
    # The moment makes names sort by age, the rest keeps two runs at once apart.
    place = root / f"{at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{new_public_id()}"
    place.mkdir()
    try:
        files = [_write(place / f"{name}.jsonl", track(lines, name)) for name, lines in _contents()]
        about = {
            "title": settings.SITE_NAME,
            "url": settings.SITE_URL,
            "made_at": at.isoformat(),
            "licence": settings.DATA_LICENCE,
            "format": "JSON Lines, UTF-8, one record a line",
            "ids": f"{settings.SITE_URL}/entries/<id>/ is the permanent address of an entry; an id is never used again",
            "files": [vars(file) for file in files],
        }
        (place / MANIFEST).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _swap(root, place)
    except BaseException:
        shutil.rmtree(place)
        raise
    for old in _generations(root)[:-KEPT]:
        shutil.rmtree(old)
    return Archive(place, at, settings.DATA_LICENCE, tuple(files))


def current_archive(folder: Path | None = None) -> Archive | None:
    """Return the archive that stands; None before the first one."""
    root = folder or settings.ARCHIVE_DIR
    place = (root / CURRENT).resolve()
    with suppress(FileNotFoundError):
        about = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(ArchivedFile(**file) for file in about["files"])
        return Archive(place, datetime.fromisoformat(about["made_at"]), about["licence"], files)
    return None


def _contents() -> Iterator[tuple[str, Iterator[str]]]:
    visitor = AnonymousUser()
    for name, model in REFERENCE.items():
        rows = model._default_manager.order_by("pk").values(*_columns(model))
        yield name, map(_line, rows.iterator())
    fields = ("slug", "name", "type", "country", "website")
    organisations = Organisation.objects.visible_to(visitor).order_by("slug").values(*fields)
    yield "organisations", map(_line, organisations.iterator())
    for kind in Kind:
        public = Entry.objects.live().visible_to(visitor).filter(kind=kind).order_by("public_id")
        entries = with_everything(public, user=visitor).iterator(chunk_size=CHUNK)
        yield f"{kind}s", map(_line, exported(entries=entries, kind=kind))
    yield "translations", _translations(visitor)
    yield "collections", _collections(visitor)


def _translations(visitor: AnonymousUser) -> Iterator[str]:
    """Yield the texts of public entries in other languages; of a demand shown in summary those of its summary."""
    readable = Entry.objects.readable_by(visitor).filter(pk=OuterRef("entry_id"))
    shown = EntryTranslation.objects.shown().filter(entry__in=Entry.objects.live().visible_to(visitor).values("pk"))
    rows = shown.annotate(whole=Exists(readable)).select_related("entry").order_by("entry__public_id", "language_id")
    for row in rows.iterator():
        whole = row.whole  # type: ignore[attr-defined]  # annotated above
        texts = row.texts if whole else {name: row.texts[name] for name in SUMMARY_FIELDS if name in row.texts}
        about = {"entry": row.entry.public_id, "language": row.language_id, "status": row.status}
        yield _line({**about, "texts": texts})


def _collections(visitor: AnonymousUser) -> Iterator[str]:
    """Yield the published collections, each with its texts by language and its public entries in their order."""
    public = CollectionEntry.objects.filter(entry__in=Entry.objects.live().visible_to(visitor).values("pk"))
    places = Prefetch("places", public.select_related("entry").order_by("position", "pk"))
    collections = Collection.objects.published().prefetch_related("texts", places).order_by("slug")
    for collection in collections.iterator(chunk_size=CHUNK):
        texts = {one.language_id: {"title": one.title, "text": one.text} for one in collection.texts.all()}
        ids = [place.entry.public_id for place in collection.places.all()]
        yield _line({"slug": collection.slug, "texts": texts, "entries": ids})


def _columns(model: type[Model]) -> list[str]:
    """Name the columns of reference data, less the keys that are numbers of this database's own."""
    return [field.attname for field in model._meta.concrete_fields if field.name != "id"]


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: object) -> str:
    """Write what JSON has no form for."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON form for {value!r}")


def _write(path: Path, lines: Iterable[str]) -> ArchivedFile:
    digest, count, size = hashlib.sha256(), 0, 0
    with path.open("wb") as file:
        for line in lines:
            content = line.encode()
            file.write(content)
            digest.update(content)
            count += 1
            size += len(content)
    return ArchivedFile(path.name, count, size, digest.hexdigest())


def _swap(root: Path, place: Path) -> None:
    link = root / f"{CURRENT}-{place.name}"
    link.symlink_to(place.name)
    link.replace(root / CURRENT)  # atomic: readers follow the old link or the new one


def _generations(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
