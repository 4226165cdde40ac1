"""How long scenarios take: generating, generating again, and customers' scenarios.

``./dev bench pricing``. Ten scenarios for the 27 Brazilian states and five origins are
generated, and generated again without a change; 100,000 customers get their effective
scenario in one pass. The *floor* is what the product promises, so a ratio above 1 is
too slow: 20 s and 2 s for generating, 5 s for the customers, 5 ms for a single one.

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


def main(env):
    company = make_origins(env)
    env.cr.commit()
    env = env(context={**env.context, "allowed_company_ids": [company.id]})
    scenarios = measure_generation(env, company)
    env.cr.commit()
    measure_customers(env, make_customers(env, scenarios))


main(env)  # noqa: F821 - Odoo's shell provides it
