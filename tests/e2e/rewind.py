"""Bring a database back to what the version before had made of it.

``before/layout.txt`` is what that version had: versions of the addons, tables with
their columns, and external ids. It was written by that version itself, so that a
rewound database has its tables whatever has become of them since; ``before/rows.sql``
puts the rows back into them. To begin from another version, with that one checked out
and installed in a database::

    eval "$(./dev env)"; PYTHONPATH=tests python -m e2e.rewind DATABASE \\
        > tests/e2e/before/layout.txt
"""

import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

LAYOUT = Path(__file__).parent / "before" / "layout.txt"
ROWS = Path(__file__).parent / "before" / "rows.sql"
AUTHOR = "Channel Suite"
# Records that a user sees and that come again with the data files, in the order in
# which they can go
SHOWN = {
    "ir.cron": "ir_cron",
    "ir.actions.act_window": "ir_act_window",
    "ir.actions.server": "ir_act_server",
    "ir.ui.menu": "ir_ui_menu",
    "ir.ui.view": "ir_ui_view",
}
PARENTS = {"ir.ui.menu": "child.parent_id", "ir.ui.view": "child.inherit_id"}
# External ids that every installation makes anew
MADE_ANEW = (
    "ir.model.access",
    "ir.model.constraint",
    "ir.model.fields",
    "ir.model.fields.selection",
    "ir.model.inherit",
    "ir.model.relation",
)
DELETIONS = {"a": "NO ACTION", "c": "CASCADE", "n": "SET NULL", "r": "RESTRICT"}
OURS = """
    SELECT name FROM ir_module_module
     WHERE state = 'installed' AND author = %(author)s AND name !~ '^test_'
"""
COLUMNS = f"""
    WITH owned AS (
        SELECT DISTINCT replace(field.model, '.', '_') AS model, field.name,
               field.relation_table
          FROM ir_model_data AS data
          JOIN ir_model_fields AS field ON field.id = data.res_id
          JOIN ir_model AS model ON model.id = field.model_id AND NOT model.transient
         WHERE data.model = 'ir.model.fields' AND data.module IN ({OURS})
           AND field.store)
    SELECT DISTINCT shown.table_name, shown.column_name, shown.udt_name,
           shown.is_nullable = 'NO', target.name
      FROM information_schema.columns AS shown JOIN owned
        ON (owned.model, owned.name) = (shown.table_name, shown.column_name)
        OR owned.relation_table = shown.table_name
      LEFT JOIN LATERAL (
           SELECT key.confrelid::regclass::text || '/' || key.confdeltype::text
                   AS name
             FROM pg_constraint AS key JOIN pg_attribute AS part
               ON part.attrelid = key.conrelid AND key.conkey = ARRAY[part.attnum]
            WHERE key.contype = 'f' AND key.conrelid = shown.table_name::regclass
              AND part.attname = shown.column_name
            LIMIT 1) AS target ON true
     WHERE shown.table_schema = 'public'
     ORDER BY 1, 2
"""
IDS = f"""
    SELECT data.module, data.model, COALESCE(model.model, data.name)
      FROM ir_model_data AS data
      LEFT JOIN ir_model AS model ON data.model = 'ir.model' AND model.id = data.res_id
     WHERE data.module IN ({OURS}) AND data.model <> ALL(%(made_anew)s)
       AND COALESCE(NOT model.transient AND NOT model.abstract, true)
       AND NOT (data.model = 'ir.model' AND EXISTS (
           SELECT FROM ir_model_data AS other
             JOIN ir_module_module AS addon ON addon.name = other.module
            WHERE other.model = 'ir.model' AND other.res_id = data.res_id
              AND addon.author <> %(author)s))
     ORDER BY 1, 2, 3
"""


class Layout(NamedTuple):
    """What some version of the addons makes of a database."""

    versions: dict[str, str]
    # Table → column → type, "!" if never null, ">table/what becomes of the row"
    columns: dict[str, dict[str, str]]
    ids: dict[tuple[str, str], set[str]]  # module, model → names; of models the model

    def text(self) -> str:
        lines = [f"addon {name} {version}" for name, version in self.versions.items()]
        lines += [
            f"table {table}: {', '.join(f'{c} {kind}' for c, kind in columns.items())}"
            for table, columns in self.columns.items()
        ]
        lines += [
            f"ids {module} {model}: {', '.join(sorted(names))}"
            for (module, model), names in self.ids.items()
        ]
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Layout":
        found = cls({}, {}, {})
        for line in text.splitlines():
            head, _colon, tail = line.partition(": ")
            kind, name, *rest = head.split()
            items = tail.split(", ")
            if kind == "addon":
                found.versions[name] = rest[0]
            elif kind == "table":
                found.columns[name] = dict(i.split(" ", 1) for i in items)
            else:
                found.ids[name, rest[0]] = set(items)
        return found


def look(cursor: Any) -> Layout:
    """The layout of a database."""
    parameters = {"author": AUTHOR, "made_anew": list(MADE_ANEW)}
    found = Layout({}, {}, {})
    cursor.execute(
        f"SELECT name, latest_version FROM ir_module_module WHERE name IN ({OURS}) "
        "ORDER BY name",
        parameters,
    )
    found.versions.update(cursor.fetchall())
    cursor.execute(COLUMNS, parameters)
    for table, column, kind, needed, target in cursor.fetchall():
        kinds = found.columns.setdefault(table, {})
        kinds[column] = (
            kind + ("!" if needed else "") + (f">{target}" if target else "")
        )
    cursor.execute(IDS, parameters)
    for module, model, name in cursor.fetchall():
        found.ids.setdefault((module, model), set()).add(name)
    return found


def rewind(cursor: Any, parameters: dict[str, Any]) -> Layout:
    """Give a database the layout of before, with its rows; what it had is returned."""
    before, now = Layout.parse(LAYOUT.read_text()), look(cursor)
    _allow_nothing(cursor, before, now)
    _add_columns(cursor, before)
    _add_models(cursor, before)
    cursor.execute(ROWS.read_text(), parameters)
    _move_ids(cursor, before, now)
    _remove_new(cursor, before, now)
    _tie_columns(cursor, before, look(cursor))
    for name, version in before.versions.items():
        cursor.execute(
            "UPDATE ir_module_module SET latest_version = %s WHERE name = %s",
            [version, name],
        )
    check(before, look(cursor))
    return now


def check(before: Layout, found: Layout) -> None:
    """Tables, models and data are those of before; menus and the like come again."""
    assert found.versions == before.versions
    for (module, model), wanted in before.ids.items():
        if model in SHOWN or model == "ir.rule":
            continue
        lost = wanted - found.ids.get((module, model), set())
        assert not lost, f"{module} has no {model} {sorted(lost)}"
    for table in before.columns.keys() | found.columns.keys():
        wanted, there = before.columns.get(table, {}), found.columns.get(table, {})
        assert there == {**there, **wanted} or table not in there, (table, wanted)


def _allow_nothing(cursor: Any, before: Layout, now: Layout) -> None:
    """Rows of before need no value in columns of now."""
    for table, columns in now.columns.items():
        for column in columns.keys() - before.columns.get(table, columns).keys():
            if "!" in columns[column]:
                cursor.execute(f'ALTER TABLE {table} ALTER "{column}" DROP NOT NULL')


def _add_columns(cursor: Any, before: Layout) -> None:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    present: dict[str, set[str]] = {}
    for table, column in cursor.fetchall():
        present.setdefault(table, set()).add(column)
    for table, columns in before.columns.items():
        if table not in present:
            key = "id serial PRIMARY KEY" if "id" in columns else ""
            cursor.execute(f"CREATE TABLE {table} ({key})")
        for column in columns.keys() - present.get(table, {"id"}):
            kind = columns[column].partition(">")[0].rstrip("!")
            cursor.execute(f'ALTER TABLE {table} ADD COLUMN "{column}" {kind}')


def _tie_columns(cursor: Any, before: Layout, found: Layout) -> None:
    """What may not be empty, and which table a column refers to, as before."""
    for table, columns in before.columns.items():
        for column, wanted in columns.items():
            change = f'ALTER TABLE {table} ALTER "{column}"'
            kind, _arrow, target = wanted.partition(">")
            there = found.columns.get(table, {}).get(column, "").partition(">")
            if kind.endswith("!") and not there[0].endswith("!"):
                cursor.execute(f"{change} SET NOT NULL")
            if target and target != there[2]:
                name = f'"{table}_{column}_fkey"'
                other, deletion = target.split("/")
                cursor.execute(
                    f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, "
                    f'ADD CONSTRAINT {name} FOREIGN KEY ("{column}") '
                    f"REFERENCES {other} ON DELETE {DELETIONS[deletion]}"
                )


def _add_models(cursor: Any, before: Layout) -> None:
    for (module, model), names in before.ids.items():
        for name in names if model == "ir.model" else ():
            cursor.execute(
                'INSERT INTO ir_model (model, name, state, "order") SELECT %(name)s, '
                "jsonb_build_object('en_US', %(name)s), 'base', 'id' WHERE NOT EXISTS "
                "(SELECT FROM ir_model WHERE model = %(name)s)",
                {"name": name},
            )
            cursor.execute(
                "INSERT INTO ir_model_data (module, name, model, res_id) "
                "SELECT %(module)s, 'model_' || replace(%(name)s, '.', '_'), "
                "'ir.model', id FROM ir_model WHERE model = %(name)s "
                "ON CONFLICT DO NOTHING",
                {"name": name, "module": module},
            )


def _move_ids(cursor: Any, before: Layout, now: Layout) -> None:
    """Give records that another addon has now back to the one that had them."""
    for (module, model), names in before.ids.items():
        for name in () if model == "ir.model" else names:
            owners = [
                key[0]
                for key, found in now.ids.items()
                if key[1] == model
                and name in found
                and name not in before.ids.get(key, ())
            ]
            if owners and name not in now.ids.get((module, model), ()):
                cursor.execute(
                    "UPDATE ir_model_data SET module = %s "
                    "WHERE module = %s AND model = %s AND name = %s",
                    [module, owners[0], model, name],
                )


def _remove_new(cursor: Any, before: Layout, now: Layout) -> None:
    """What only the version of now has: addons, models, columns and what is shown."""
    addons = sorted(now.versions.keys() - before.versions.keys())
    models = sorted(_models(now) - _models(before))
    for model, table in SHOWN.items():
        parent = PARENTS.get(model, "NULL")
        known = [
            f"{module}.{name}"
            for (module, kind), names in before.ids.items()
            for name in names
            if kind == model
        ]
        ours = list(now.versions)
        cursor.execute(
            "WITH RECURSIVE gone AS (SELECT res_id AS id FROM ir_model_data "
            "WHERE model = %s AND module = ANY(%s) "
            "AND module || '.' || name <> ALL(%s) UNION SELECT child.id "
            f"FROM {table} AS child JOIN gone ON {parent} = gone.id) "
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM gone)",
            [model, ours, known],
        )
        cursor.execute(
            "DELETE FROM ir_model_data WHERE model = %s AND module = ANY(%s) "
            f"AND res_id NOT IN (SELECT id FROM {table})",
            [model, ours],
        )
    cursor.execute("DELETE FROM ir_model WHERE model = ANY(%s)", [models])
    cursor.execute(
        "DELETE FROM ir_model_data WHERE module = ANY(%(addons)s) OR "
        "(model = 'ir.model' AND res_id NOT IN (SELECT id FROM ir_model))",
        {"addons": addons},
    )
    cursor.execute(
        "UPDATE ir_module_module SET state = 'uninstalled', latest_version = NULL "
        "WHERE name = ANY(%s)",
        [addons],
    )
    for table, columns in now.columns.items():
        if table.replace("_", ".") in {m.replace("_", ".") for m in models} or (
            table not in before.columns and "id" not in columns
        ):
            cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
        else:
            for column in columns.keys() - before.columns.get(table, {}).keys():
                cursor.execute(f'ALTER TABLE {table} DROP COLUMN "{column}" CASCADE')


def _models(layout: Layout) -> set[str]:
    return {
        name
        for (_module, model), names in layout.ids.items()
        if model == "ir.model"
        for name in names
    }


def main(arguments: Iterable[str]) -> None:
    (database,) = arguments
    with closing(psycopg2.connect(dbname=database)) as connection:
        sys.stdout.write(look(connection.cursor()).text())


if __name__ == "__main__":
    main(sys.argv[1:])
