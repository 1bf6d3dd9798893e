"""A word table learned from parallel text."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from matching.engine.analysis import Analyser
from matching.engine.lexicon import WordTable, learn

PAIRS = [
    (["maison", "bleu"], ["blue", "house"]),
    (["maison", "rouge"], ["red", "house"]),
    (["fleur", "bleu"], ["blue", "flower"]),
    (["fleur", "rouge"], ["red", "flower"]),
]
FRENCH = ["maison bleue", "maison rouge", "fleur bleue", "fleur rouge"]
ENGLISH = ["blue house", "red house", "blue flower", "red flower"]


def test_words_that_come_together_translate_each_other() -> None:
    table = learn("fr", PAIRS)
    best = {stem: table.translations("fr", stem)[0][0] for stem in ("maison", "bleu", "fleur", "rouge")}
    assert best == {"maison": "house", "bleu": "blue", "fleur": "flower", "rouge": "red"}


def test_the_weights_of_a_stem_sum_to_one() -> None:
    assert all(abs(sum(share for _, share in found) - 1) < 1e-9 for found in learn("fr", PAIRS).entries.values())


def test_a_pair_seen_once_is_not_believed() -> None:
    assert learn("fr", [(["chat"], ["cat"])]).translations("fr", "chat") == ()
    assert learn("fr", [(["chat"], ["cat"])], fewest=1).translations("fr", "chat") == (("cat", 1.0),)


def test_nothing_is_learned_from_nothing() -> None:
    assert learn("fr", []).entries == {}
    assert learn("fr", [([], ["cat"]), (["chat"], [])]).entries == {}


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = WordTable({("fr", "eau"): (("water", 0.75), ("rain", 0.25)), ("ru", "вод"): (("water", 1.0),)})
    table.save(tmp_path / "table.tsv")
    assert WordTable.load([tmp_path / "table.tsv"]) == table


def test_the_analyser_asks_the_table_for_words_that_the_glossary_lacks() -> None:
    analyser = Analyser(lexicon=WordTable({("fr", "chat"): (("cat", 0.75), ("talk", 0.25))}))
    assert {term.key: term.weight for term in analyser.analyse("les chats", "fr")} == {"s:cat": 0.75, "s:talk": 0.25}


def test_the_command_learns_in_either_order_of_the_texts(tmp_path: Path) -> None:
    (tmp_path / "fr.txt").write_text("\n".join(FRENCH), encoding="utf-8")
    (tmp_path / "en.txt").write_text("\n".join(ENGLISH), encoding="utf-8")
    for order in (("fr", "en"), ("en", "fr")):
        files = [tmp_path / f"{language}.txt" for language in order]
        out = tmp_path / f"{order[0]}.tsv"
        call_command("learn_lexicon", "--parallel", *files, "--languages", *order, "--out", out, stdout=StringIO())
        assert WordTable.load([out]).translations("fr", "maison")[0][0] == "hous"
    assert (tmp_path / "fr.tsv").read_bytes() == (tmp_path / "en.tsv").read_bytes()


@pytest.mark.parametrize(
    ("languages", "message"),
    [(("fr", "es"), "give en and another one"), (("fr", "fr"), "give en and another"), (("fr", "en"), "has 4 lines")],
)
def test_the_command_refuses_what_it_cannot_learn_from(
    tmp_path: Path, languages: tuple[str, str], message: str
) -> None:
    (tmp_path / "one.txt").write_text("\n".join(FRENCH), encoding="utf-8")
    (tmp_path / "two.txt").write_text("\n".join(ENGLISH[1:]), encoding="utf-8")
    texts = [tmp_path / "one.txt", tmp_path / "two.txt"]
    with pytest.raises(CommandError, match=message):
        call_command("learn_lexicon", "--parallel", *texts, "--languages", *languages, "--out", tmp_path / "t.tsv")
