"""Changes since a generation rank as if everything had been weighed together by the generation's statistics."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import index as index_module
from matching.engine import kernel
from matching.engine.index import Index
from matching.engine.ranker import Ranker
from matching.engine.segments.counts import Counts, Document, merge, pack
from matching.engine.segments.exclusions import Exclusions
from matching.engine.segments.profiles import Profiles
from matching.engine.segments.reverse import Reverse
from matching.engine.segments.strings import Strings, Vocabulary
from matching.engine.types import Config, Exclusion, Profile
from tests.engine.cast import ANALYSER, DEMAND, GEOGRAPHY, SUPPLIES, TODAY
from tests.engine.test_ranker import PROFILES

CONFIG = Config()
OTHER = Profile(id="d2", kind="demand", title="Formation de sages-femmes et irrigation", language="fr", goals=(3,))


@pytest.fixture(scope="module", autouse=True, params=["no heads", "heads"])
def _heads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Try everything without dense lines and with them, however few supplies there are."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "heads":
            pytest.importorskip("numba", reason="numba is not installed: no lines are added")
            kernel.compiled()
            patch.setattr(index_module, "WORTH_COMPILING", 0)
        yield


supplies = st.lists(PROFILES, unique_by=lambda profile: profile.id, max_size=12)
edits = st.lists(st.one_of(supplies, st.sets(st.text("abcdef", min_size=1, max_size=3), max_size=4)), max_size=6)


def flat(changed: Ranker) -> Ranker:
    """Weigh all that a ranker holds as one, by the statistics of its first segment: a full run."""
    held, statistics = changed.supplies(), changed.statistics_
    index = Index.of(held.counts, CONFIG, like=statistics)
    return Ranker(CONFIG, GEOGRAPHY, ANALYSER).over(held, index, statistics)


@settings(max_examples=60, deadline=None)
@given(supplies, edits)
def test_any_edits_rank_as_a_full_run_does(first: list[Profile], changes: list[list[Profile] | set[str]]) -> None:
    ranker = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(first)
    held = {supply.id: supply for supply in first}
    for change in changes:
        if isinstance(change, set):
            ranker.remove(change)
            held = {name: supply for name, supply in held.items() if name not in change}
        else:
            ranker.put(change)
            held.update({supply.id: supply for supply in change})
        full = flat(ranker)
        assert list(full.segments_[0].supplies.profiles) == [held[name] for name in sorted(held)]
        for demand in (DEMAND, OTHER):
            assert ranker.rank(demand, 5, today=TODAY) == full.rank(demand, 5, today=TODAY)
            assert ranker.order(demand, today=TODAY) == full.order(demand, today=TODAY)


DEMANDS = [DEMAND, OTHER, Profile(id="d3", kind="demand", title="water tax", language="en", country="KEN", goals=(6,))]


@settings(max_examples=60, deadline=None)
@given(supplies, edits, st.integers(1, 4))
def test_what_is_ranked_again_makes_a_full_run(
    first: list[Profile], changes: list[list[Profile] | set[str]], k: int
) -> None:
    ranker = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(first)
    reverse = Reverse([ranker.standing(demand, k, today=TODAY) for demand in DEMANDS], ranker, today=TODAY)
    orders = {demand.id: ranker.order(demand, k, today=TODAY) for demand in DEMANDS}
    for change in changes:
        if isinstance(change, set):
            ranker.remove(change)
        else:
            ranker.put(change)
        touched = reverse.touched(change if isinstance(change, set) else [supply.id for supply in change])
        full = flat(ranker)
        for demand in DEMANDS:
            if demand.id in touched:
                reverse.renew(ranker.standing(demand, k, today=TODAY))
                orders[demand.id] = ranker.order(demand, k, today=TODAY)
            assert orders[demand.id] == full.order(demand, k, today=TODAY)


def test_only_demands_that_a_supply_enters_or_leaves_are_touched() -> None:
    known = Profile("", "offer", "", language="en", goals=(2, 6), targets=("6.b",))
    many = [replace(known, id=f"n{row:02}", title=f"water {row:05b}") for row in range(40)]
    ranker = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(many)
    standing = ranker.standing(DEMAND, 20, today=TODAY)
    reverse = Reverse([standing], ranker, today=TODAY)
    behind = Profile(id="x", kind="offer", title="Tax", language="en")
    ranker.put([behind])
    assert reverse.touched(["x", "nobody"]) == []
    ranker.put([replace(DEMAND, id="y", kind="offer", country=None, organisation=None)])
    assert reverse.touched(["y"]) == ["d1"]
    assert reverse.touched([standing.looked_at[0]]) == ["d1"]
    reverse.drop("d1")
    assert reverse.touched(["y", *standing.looked_at]) == []
    reverse.renew(ranker.standing(DEMAND, 20, today=TODAY))
    assert reverse.touched(["y"]) == ["d1"]


def test_small_segments_join_and_few_stay() -> None:
    ranker = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(SUPPLIES)
    for number in range(200):
        ranker.put([replace(SUPPLIES[number % 5], id=f"n{number:03}", title=f"water {number}")])
        assert len(ranker.segments_) <= 3
    assert ranker.changes() == 200
    assert sum(len(segment) for segment in ranker.segments_) == 205
    assert flat(ranker).order(DEMAND, today=TODAY) == ranker.order(DEMAND, today=TODAY)


def test_a_copy_changes_by_itself_and_a_document_that_is_given_is_not_analysed_again() -> None:
    ranker = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit(SUPPLIES)
    before, standing = ranker.ranked(DEMAND, 5, today=TODAY)
    changed = ranker.copy()
    changed.remove([before.hits[0].supply_id])
    changed.put([replace(SUPPLIES[1], id="s9")])
    assert ranker.rank(DEMAND, 5, today=TODAY) == before
    assert changed.rank(DEMAND, 5, today=TODAY) == flat(changed).rank(DEMAND, 5, today=TODAY) != before
    bare = replace(DEMAND, title="", summary="", body="", keywords=())
    assert ranker.ranked(bare, 5, today=TODAY, found=standing.found)[0].hits == before.hits


words = st.text("aéж水", min_size=1, max_size=3)
documents = st.lists(
    st.builds(
        lambda counts, language: Document(language, counts, {key: key.upper() for key in counts if key[0] == "s"}),
        st.dictionaries(st.one_of(words.map("s:{}".format), words.map("g:{}".format)), st.floats(0.5, 9), max_size=5),
        st.sampled_from(["en", "zh"]),
    ),
    max_size=6,
)


def read(counts: Counts) -> list[tuple[str, dict[str, tuple[float, str]]]]:
    """Return each packed document as language and key → count and wording."""
    found = []
    for row, language in enumerate(counts.languages):
        place = counts.row(row)
        found.append(
            (
                counts.spoken[int(language)],
                {
                    counts.keys[int(term)]: (float(count), counts.wordings[int(surface)] if surface >= 0 else "")
                    for term, count, surface in zip(
                        counts.terms[place], counts.counts[place], counts.surfaces[place], strict=True
                    )
                },
            )
        )
        assert sorted(counts.terms[place]) == list(counts.terms[place])
    return found


@given(documents, documents, st.randoms())
def test_packed_documents_merge_and_are_taken_without_loss(
    left: list[Document], right: list[Document], random: object
) -> None:
    both = merge([pack(left), pack(right)])
    assert read(both) == read(pack(left + right))
    assert list(both.keys) == sorted({key for found in left + right for key in found.counts})
    rows = list(range(len(both)))
    random.shuffle(rows)  # type: ignore[attr-defined]
    some = rows[: len(rows) // 2]
    chosen = pack([(left + right)[row] for row in some])
    taken = both.take(some)
    assert read(taken) == read(chosen)
    assert list(taken.keys) == list(chosen.keys)


@given(st.sets(words), words)
def test_vocabulary_finds_what_it_holds_and_nothing_else(held: set[str], other: str) -> None:
    keys = sorted(held)
    vocabulary = Vocabulary.of(Strings.of(keys))
    assert list(vocabulary.items()) == [(key, number) for number, key in enumerate(keys)]
    assert vocabulary.get(other, -1) == (keys.index(other) if other in held else -1)
    assert vocabulary._seen.keys() == held  # what is not there is not remembered either


@given(supplies)
def test_profiles_are_read_as_they_were_stored_without_texts(stored: list[Profile]) -> None:
    plain = [replace(supply, title="", summary="", body="", keywords=()) for supply in stored]
    assert list(Profiles.of(stored)) == plain
    assert Profiles.of(stored)[:] == plain


def test_exclusions_are_worked_out_one_by_one_or_together() -> None:
    own, over = replace(SUPPLIES[0], id="own", country="MLI"), replace(SUPPLIES[0], id="a", closed=True)
    ranker = Ranker(CONFIG, GEOGRAPHY, ANALYSER).fit([*SUPPLIES, own])
    ranker.put([over])
    excluded = ranker.rank(DEMAND, today=TODAY).excluded
    assert isinstance(excluded, Exclusions)
    assert (excluded.of("own"), excluded.of("s1"), excluded.of("nobody")) == (
        Exclusion("own", "own_country", "MLI"),
        None,
        None,
    )
    assert excluded == (Exclusion("a", "closed"), Exclusion("own", "own_country", "MLI"))
    assert excluded[0] == Exclusion("a", "closed")
    assert hash(excluded) == hash(excluded[:])
    assert len(excluded) == 2
