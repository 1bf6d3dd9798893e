"""A small catalogue in three languages, and the analyser that reads it, for the engine's tests."""

from datetime import date

from matching.engine.analysis import Analyser
from matching.engine.glossary import Glossary
from matching.engine.types import Geography, Profile

TODAY = date(2026, 6, 30)

GLOSSARY = Glossary.from_rows(
    [
        {
            "id": "water-management",
            "domain": "water",
            "en": "water management",
            "fr": "gestion de l'eau",
            "es": "gestión del agua",
        },
        {"id": "midwife", "domain": "health", "en": "midwife", "fr": "sage-femme", "es": "partera"},
        {"id": "training", "domain": "general", "en": "training", "fr": "formation", "es": "capacitación"},
    ]
)
ANALYSER = Analyser(GLOSSARY)

GEOGRAPHY = Geography(
    regions={
        "MLI": ("011", "202", "002"),
        "SEN": ("011", "202", "002"),
        "KEN": ("014", "202", "002"),
        "MAR": ("015", "002"),
        "BOL": ("005", "419", "019"),
        "PER": ("005", "419", "019"),
    },
    groups={
        "MLI": frozenset({"ldc", "lldc", "south"}),
        "SEN": frozenset({"ldc", "south"}),
        "KEN": frozenset({"south"}),
        "BOL": frozenset({"lldc", "south"}),
        "PER": frozenset({"south"}),
    },
    languages={"MLI": ("fr",), "SEN": ("fr",), "KEN": ("en", "sw"), "BOL": ("es", "qu"), "PER": ("es", "qu")},
)

DEMAND = Profile(
    id="d1",
    kind="demand",
    title="Gestion de l'eau dans les périmètres villageois",
    summary="Les comités ont besoin d'une formation",
    language="fr",
    country="MLI",
    goals=(2, 6),
    targets=("6.b",),
    sectors=("irrigation", "agriculture"),
    modalities=("training", "study_visit"),
    working_languages=("fr",),
    start_date=date(2026, 7, 1),
    end_date=date(2026, 12, 31),
    preferred_regions=("011",),
    organisation="ministry-ml",
)

SUPPLIES = (
    Profile(
        id="s1",
        kind="offer",
        title="Water management training for farmers",
        language="en",
        country="KEN",
        goals=(6,),
        targets=("6.b", "6.4"),
        sectors=("Irrigation",),
        modalities=("training",),
        working_languages=("en", "fr"),
        start_date=date(2026, 10, 1),
        confirmed_date=TODAY,
    ),
    Profile(
        id="s2",
        kind="solution",
        title="Comités villageois pour la gestion de l'eau",
        summary="Périmètres irrigués au Sénégal",
        language="fr",
        country="SEN",
        goals=(6, 13),
        modalities=("study_visit",),
    ),
    Profile(id="s3", kind="solution", title="Gestión del agua en los valles", language="es", country="BOL", goals=(6,)),
    Profile(id="s4", kind="solution", title="Mentoring of midwives", language="en", country=None, goals=(3,)),
    Profile(id="s5", kind="offer", title="Capacitación de parteras", language="es", country="PER", sectors=("health",)),
)
