"""The glossary as curators see and change it."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from matching import corpus
from matching.engine.analysis.normalise import compose, normalise
from matching.engine.glossary import LANGUAGES, SEPARATOR, Concept
from matching.models import GlossaryTerm


def save_term(*, term: GlossaryTerm, by: User, at: datetime) -> None:
    """Write a term; ranking reads by it from its next run on."""
    term.updated_by, term.updated_at = by, at
    term.save()


def shipped_concept(concept_id: str) -> dict[str, str] | None:
    """Return a shipped concept as the fields of a term; None if there is none of this id."""
    concept = corpus.analyser().glossary.concepts.get(concept_id)
    if concept is None:
        return None
    forms = {language: f" {SEPARATOR} ".join(concept.forms[language]) for language in LANGUAGES}
    return {"concept_id": concept.id, "domain": concept.domain, **forms}


def shipped_with(words: str, *, most: int) -> list[Concept]:
    """Return shipped concepts of whose id or forms, in any language, the words are a part; short forms first."""
    wanted = _plain(words)
    found: list[tuple[int, str, Concept]] = []
    for concept in corpus.analyser().glossary.concepts.values():
        forms = (concept.id, *(form for language in LANGUAGES for form in concept.forms[language]))
        if lengths := [len(form) for form in forms if wanted in _plain(form)]:
            found.append((min(lengths), concept.id, concept))
    return [concept for _length, _id, concept in sorted(found, key=lambda item: item[:2])[:most]]


def terms_with(words: str) -> list[int]:
    """Return the keys of curators' terms of whose id, forms or note the words are a part."""
    wanted = _plain(words)
    rows = GlossaryTerm.objects.values_list("pk", "concept_id", *LANGUAGES, "note")
    return [pk for pk, *texts in rows if any(wanted in _plain(text) for text in texts)]


def _plain(text: str) -> str:
    return " ".join(normalise(compose(text)).lower().split())
