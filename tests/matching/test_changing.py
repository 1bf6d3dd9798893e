"""Why a match is new, moved or gone: the first reason that holds."""

from datetime import date

import pytest

from matching.enums import ChangeReason
from matching.rules.changing import Basis, Supply, why

WAS = Basis("weights1-engine1", "generation1", date(2026, 6, 1), "text1", "facets1")
SAME, NEW, EDITED, REMOVED = (
    Supply(True, False, False), Supply(True, True, False), Supply(True, False, True), Supply(False, False, True),
)  # fmt: skip


def explained(words="water", goal=0.4):
    evidence = [{"demand_surface": words, "supply_surface": "eau", "value": 1.0}]
    text = {"feature": "text", "value": 0.5, "evidence": evidence, "detail": []}
    return {"reasons": [text, {"feature": "sdg", "value": goal, "evidence": [], "detail": []}]}


HIT = explained()
WORSE = {"reasons": [{**HIT["reasons"][0], "value": 0.4}, HIT["reasons"][1]]}


@pytest.mark.parametrize(
    ("before", "after", "changes", "supply", "expected"),
    [
        (HIT, None, None, SAME, ChangeReason.DEMAND_CLOSED),
        (HIT, None, {}, REMOVED, ChangeReason.SUPPLY_REMOVED),
        (HIT, None, {}, Supply(True, False, True, excluded=True), ChangeReason.EXCLUDED),
        (None, HIT, {"text": "text2"}, NEW, ChangeReason.NEW_SUPPLY),
        (None, HIT, {"text": "text2", "facets": "facets2"}, SAME, ChangeReason.TEXT),
        (HIT, WORSE, {"facets": "facets2"}, SAME, ChangeReason.FACET),
        (HIT, explained("irrigation"), {}, EDITED, ChangeReason.TEXT),
        (HIT, explained(goal=1.0), {"generation": "generation2"}, EDITED, ChangeReason.FACET),
        (None, HIT, {}, EDITED, ChangeReason.EDITED),
        (HIT, None, {}, EDITED, ChangeReason.EDITED),
        (HIT, HIT, {"generation": "generation2"}, EDITED, ChangeReason.OTHERS),
        (HIT, HIT, {"generation": "generation2"}, SAME, ChangeReason.OTHERS),
        (HIT, WORSE, {"engine": "weights2-engine1"}, SAME, ChangeReason.WEIGHTS),
        (HIT, WORSE, {"engine": "weights1-engine2"}, SAME, ChangeReason.ENGINE),
        (HIT, WORSE, {"generation": "generation2", "day": date(2026, 6, 2)}, SAME, ChangeReason.STATISTICS),
        (HIT, WORSE, {"day": date(2026, 6, 2)}, SAME, ChangeReason.DATE),
        (None, HIT, {}, SAME, ChangeReason.OTHERS),
        (HIT, None, {}, SAME, ChangeReason.OTHERS),
    ],
)
def test_the_reason_is_the_first_that_holds(before, after, changes, supply, expected):
    now = None if changes is None else WAS._replace(**changes)
    assert why(before, after, was=WAS, now=now, supply=supply) == expected


def test_what_was_never_ranked_is_new_and_what_was_ranked_before_reasons_were_kept_is_the_engine():
    assert why(None, HIT, was=None, now=WAS, supply=NEW) == ChangeReason.NEW_DEMAND
    assert why(HIT, WORSE, was=None, now=WAS, supply=EDITED) == ChangeReason.ENGINE
