"""How long scenarios take: generating, customers' scenarios, importing customers.

``./dev bench pricing``. Ten scenarios for the 27 Brazilian states and five origins are
generated, and generated again without a change; 100,000 customers get their effective
scenario in one pass. The *floor* is what the product promises, so a ratio above 1 is
too slow: 20 s and 2 s for generating, 5 s for the customers, 5 ms for a single one.

At last 50,000 customers are imported with names of group and size; their floor
is the same file without our columns.

``BENCH_CUSTOMERS`` makes fewer customers, while the benchmark is written.
"""

import json
import os
import time
from contextlib import contextmanager

SCENARIOS = 10
ORIGINS = 5
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "100000"))
BATCH = 10_000
SINGLES = 50
IMPORTED = min(CUSTOMERS, 50_000)
# Rows at a time, as Odoo's import screen sends them
IMPORT_BATCH = 2_000


def report(name, value, unit, floor=None):
    line = {"name": name, "value": round(value, 4), "unit": unit}
    if floor is not None:
        line |= {"floor": floor, "ratio": round(value / floor, 3)}
    print(json.dumps(line), flush=True)


@contextmanager
def measured(env, name, floor, unit="s", scale=1):
    """Seconds and queries of what happens inside, with cold caches."""
    env.flush_all()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    yield
    env.flush_all()
    report(name, (time.perf_counter() - started) * scale, unit, floor)
    report(f"{name}: queries", env.cr.sql_log_count - queries, "queries")


def make_origins(env):
    """Warehouses in five states, of a Brazilian company."""
    states = [
        env.ref(f"base.state_br_{code}") for code in ("rs", "sp", "mg", "es", "ba")
    ]
    company = env["res.company"].create(
        {
            "name": "Atacado Serra Azul",
            "country_id": env.ref("base.br").id,
            "state_id": states[0].id,
            "currency_id": env.ref("base.BRL").id,
        }
    )
    for state in states[:ORIGINS]:
        warehouse = env["stock.warehouse"].create(
            {"name": state.name, "code": f"B{state.code}", "company_id": company.id}
        )
        env["pricing.origin"].create(
            {"name": state.code, "warehouse_id": warehouse.id, "state_id": state.id}
        )
    return company


def measure_generation(env, company):
    values = [
        {
            "name": f"Scenario {number}",
            "company_id": company.id,
            "country_id": company.country_id.id,
        }
        for number in range(SCENARIOS)
    ]
    with measured(env, "10 scenarios generated", 20):
        scenarios = env["pricing.scenario"].create(values)
    report("pricelists", len(scenarios.channel_group_ids.contract_ids), "lists")
    with measured(env, "generated again", 2):
        scenarios._generate()
    return scenarios


def make_customers(env, scenarios):
    groups = env["pricing.customer.group"].create(
        [
            {"name": f"Group {number}", "pricing_scenario_id": scenario.id}
            for number, scenario in enumerate(scenarios)
        ]
    )
    partners = env["res.partner"].with_context(tracking_disable=True)
    ids = []
    for start in range(0, CUSTOMERS, BATCH):
        ids += partners.create(
            [
                {
                    "name": f"Customer {number}",
                    "pricing_group_id": groups[number % len(groups)].id,
                    "pricing_use_type": "resale" if number % 3 else False,
                }
                for number in range(start, min(start + BATCH, CUSTOMERS))
            ]
        ).ids
        env.cr.commit()
        env.invalidate_all()
    return ids


def measure_customers(env, ids):
    customers = env["res.partner"].browse(ids)
    with measured(env, f"scenarios of {len(ids)} customers", 5):
        env["pricing.resolver"]._resolve(customers, env.company)
    with measured(env, "the same by the field", 5):
        customers.mapped("pricing_effective_scenario_id")
    with measured(env, "scenario of one customer", 5, "ms", 1000 / SINGLES):
        for id_ in ids[:SINGLES]:
            env.invalidate_all()
            env["res.partner"].browse(id_).mapped("pricing_effective_scenario_id")
    scenario = customers[:1].pricing_effective_scenario_id
    with measured(env, "customers of a scenario counted", 5):
        domain = [("pricing_effective_scenario_id", "=", scenario.id)]
        env["res.partner"].search_count(domain)


def import_customers(env, rows, columns):
    """Import rows as Odoo's import screen does; seconds that it takes."""
    env.invalidate_all()
    partners = env["res.partner"].with_context(import_file=True, tracking_disable=True)
    started = time.perf_counter()
    result = partners.load(columns, [row[: len(columns)] for row in rows])
    env.flush_all()
    seconds = time.perf_counter() - started
    assert not result["messages"], result["messages"][:3]
    env.cr.commit()
    return seconds


def measure_import(env):
    """Batches with our columns and without them take turns on the same machine."""
    sizes = ("Small", "Large")
    env["pricing.company.size"].create([{"name": name} for name in sizes])
    uses = ("Industry", "Resale", "Consumer")
    states = env.ref("base.br").state_ids.mapped("display_name")
    plain = ["name", "country_id", "state_id"]
    columns = [*plain, "pricing_group_id", "pricing_size_id", "pricing_use_type"]
    ours = floor = 0.0
    for start in range(0, IMPORTED, IMPORT_BATCH):
        rows = [
            [
                f"Imported {number}",
                "Brazil",
                states[number % len(states)],
                f"Group {number % SCENARIOS}",
                sizes[number % len(sizes)],
                uses[number % len(uses)],
            ]
            for number in range(start, min(start + IMPORT_BATCH, IMPORTED))
        ]
        floor += import_customers(env, rows, plain)
        ours += import_customers(env, rows, columns)
    report(f"{IMPORTED} customers imported", ours, "s", floor)


def main(env):
    company = make_origins(env)
    env.cr.commit()
    env = env(context={**env.context, "allowed_company_ids": [company.id]})
    scenarios = measure_generation(env, company)
    env.cr.commit()
    measure_customers(env, make_customers(env, scenarios))
    measure_import(env)


main(env)  # noqa: F821 - Odoo's shell provides it
