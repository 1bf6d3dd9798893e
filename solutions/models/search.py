"""What the search box looks in: the words of entries, as the engine reads them, and the database's index over them.

The engine turns every text into English stems, so that a word finds texts in any language; matching fills the rows.
PostgreSQL keeps the words as a tsvector under a GIN index. SQLite keeps them as text, and an FTS5 table follows the
rows by triggers (migration 0002). Words are ASCII letters and digits, so both databases cut them alike.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from solutions.models.entry import Entry


class WordsField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """Words with blanks between them, each as often as it counts."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_placeholder(self, _value: object, _compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> str:
        return "to_tsvector('simple', %s)" if connection.vendor == "postgresql" else "%s"


@WordsField.register_lookup
class Matches(models.Lookup):
    """Whether the words fit a query in the database's own syntax."""

    lookup_name = "match"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]  # the stubs want tuples
        column, column_values = self.process_lhs(compiler, connection)
        form = "%s @@ to_tsquery('simple', %%s)" if connection.vendor == "postgresql" else "%s MATCH %%s"
        return form % column, [*column_values, self.rhs]


class SearchText(models.Model):
    """The words of an entry: all of them, or for a demand also those of its summary alone."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="search_texts")
    whole = models.BooleanField(help_text="All words; else those that a reader of the summary may find it by.")
    words = WordsField()
    version = models.PositiveIntegerField(help_text="Of the entry that was read.")
    analysis = models.CharField(max_length=80, help_text="The version of the analysis that read it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "whole"], name="one_search_text_a_scope")]

    def __str__(self) -> str:
        return f"{self.entry_id} {'whole' if self.whole else 'summary'}"


class SearchIndex(models.Model):
    """SQLite's FTS5 table over the words; it exists on no other database."""

    text = models.OneToOneField(
        SearchText, primary_key=True, db_column="rowid", on_delete=models.DO_NOTHING, related_name="index"
    )
    words = WordsField()
    rank = models.FloatField(help_text="BM25, the better the lower.")

    objects: ClassVar[models.Manager[SearchIndex]] = models.Manager()

    class Meta:
        managed = False

    def __str__(self) -> str:
        return str(self.pk)
