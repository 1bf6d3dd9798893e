"""Write many rows at once, each inserted or refreshed: COPY on PostgreSQL, executemany elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Columns = Sequence[str]


def upsert(rows: Sequence[models.Model], *, unique: Columns, refreshed: Columns) -> None:
    """Insert rows, or refresh columns of those that are there: one statement, inside the caller's transaction.

    `unique` and `refreshed` are names of fields; all other columns of a row that is there stay as they are. Keys
    that the database gives are not read back.
    """
    if not rows:
        return
    fields = {field.name: field for field in rows[0]._meta.concrete_fields if not isinstance(field, models.AutoField)}
    database = connections[DEFAULT_DB_ALIAS]  # asked for each value: the proxy would take longer than the value
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), database) for field in fields.values()] for row in rows
    ]
    quoted = {name: connection.ops.quote_name(str(field.column)) for name, field in fields.items()}
    columns = ", ".join(quoted.values())
    key = ", ".join(quoted[name] for name in unique)
    update = ", ".join(f"{quoted[name]} = excluded.{quoted[name]}" for name in refreshed)
    write = _copy if connection.vendor == "postgresql" else _execute
    write(rows[0]._meta.db_table, columns, values, f"ON CONFLICT ({key}) DO UPDATE SET {update}")


def _copy(table: str, columns: str, values: Sequence[Sequence[Any]], conflict: str) -> None:
    """Send rows through a temporary table, which is empty again when the transaction ends."""
    fresh = f"fresh_{table}"
    chosen = f"SELECT {columns} FROM"  # names of the model
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {fresh} ON COMMIT DELETE ROWS AS {chosen} {table} LIMIT 0"
        )
        with cursor.copy(f"COPY {fresh} ({columns}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({columns}) {chosen} {fresh} {conflict}")
        cursor.execute(f"TRUNCATE {fresh}")


def _execute(table: str, columns: str, values: Sequence[Sequence[Any]], conflict: str) -> None:
    marks = ", ".join(["%s"] * len(values[0]))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) {conflict}",  # noqa: S608  # names of the model
            values,
        )
