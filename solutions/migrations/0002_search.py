import django.db.models.deletion
from django.db import migrations, models

import solutions.models.search

# SQLite: an FTS5 table that holds no text of its own, kept in step by triggers. A later change of the table
# solutions_searchtext that makes SQLite rebuild it has to make the triggers again.
SQLITE = (
    "CREATE VIRTUAL TABLE solutions_searchindex USING fts5"
    "(words, content='solutions_searchtext', content_rowid='id', tokenize='unicode61')",
    "CREATE TRIGGER solutions_searchtext_added AFTER INSERT ON solutions_searchtext BEGIN"
    " INSERT INTO solutions_searchindex(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER solutions_searchtext_deleted AFTER DELETE ON solutions_searchtext BEGIN"
    " INSERT INTO solutions_searchindex(solutions_searchindex, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER solutions_searchtext_changed AFTER UPDATE OF words ON solutions_searchtext BEGIN"
    " INSERT INTO solutions_searchindex(solutions_searchindex, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO solutions_searchindex(rowid, words) VALUES (new.id, new.words); END",
)
SQLITE_BACK = ("DROP TABLE solutions_searchindex",)  # the triggers go with solutions_searchtext
POSTGRESQL = ("CREATE INDEX solutions_searchtext_words ON solutions_searchtext USING gin (words)",)


def make_index(_apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def drop_index(_apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE_BACK:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("solutions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("whole", models.BooleanField(help_text="All words; else those that a reader of the summary may find it by.")),
                ("words", solutions.models.search.WordsField()),
                ("version", models.PositiveIntegerField(help_text="Of the entry that was read.")),
                ("analysis", models.CharField(help_text="The version of the analysis that read it.", max_length=80)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="search_texts", to="solutions.entry")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entry", "whole"), name="one_search_text_a_scope")],
            },
        ),
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                ("text", models.OneToOneField(db_column="rowid", on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name="index", serialize=False, to="solutions.searchtext")),
                ("words", solutions.models.search.WordsField()),
                ("rank", models.FloatField(help_text="BM25, the better the lower.")),
            ],
            options={"managed": False},
        ),
        migrations.RunPython(make_index, drop_index),
    ]
