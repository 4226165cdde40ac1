"""Sales scenarios of the demo's Brazilian company; run in Odoo's shell, repeatable."""

COMPANY = "Loja do Norte"
# Warehouse: code, name, state
ORIGINS = (
    ("RS", "Matriz RS", "RS"),
    ("SP", "Filial SP", "SP"),
    ("MG", "Filial MG", "MG"),
)
# The list price contains 17 %, the rate inside of Rio Grande do Sul.
RATE_CONTAINED = 17.0
# Scenario: adjustment of all products, in %
SCENARIOS = {"Revenda": -5.0, "Indústria": -8.0, "Consumidor": 0.0}
# Customer: name, state, CNPJ or CPF, use type, group, company size
CUSTOMERS = (
    ("Mercantil Lumendra Ltda.", "SP", "11222333000181", "resale", "Revendas", False),
    ("Metalúrgica Toskandi S.A.", "BA", "19131243000197", "industry", False, "Grande"),
    ("Rosângela Prado", "RS", "52998224725", "consumer", False, "Pequeno"),
)


def get(env, model, values, **key):
    """The record with this key, made if it is new."""
    found = env[model].search(
        [(name, "=", value) for name, value in key.items()], limit=1
    )
    return found or env[model].create({**key, **values})


def make_origins(env, company, states):
    """Warehouses from which goods leave; the first one is the default."""
    for position, (code, name, state) in enumerate(ORIGINS):
        address = get(
            env,
            "res.partner",
            {"state_id": states[state].id, "country_id": company.country_id.id},
            name=f"{company.name} {name}",
            parent_id=company.partner_id.id,
        )
        warehouse = get(
            env,
            "stock.warehouse",
            {"name": name, "partner_id": address.id},
            code=code,
            company_id=company.id,
        )
        get(
            env,
            "pricing.origin",
            {"state_id": states[state].id, "is_default": not position, "name": name},
            warehouse_id=warehouse.id,
        )


def make_scenarios(env, company):
    """Three scenarios, each with its channel groups, lists and contracts."""
    scenarios = {}
    for name, discount in SCENARIOS.items():
        rules = [(0, 0, {"adjustment": discount})] if discount else []
        scenarios[name] = get(
            env,
            "pricing.scenario",
            {"rate_contained": RATE_CONTAINED, "rule_ids": rules},
            name=name,
            company_id=company.id,
        )
    return scenarios


def make_customers(env, company, states, scenarios):
    """Customers who find their scenario in three different places."""
    group = get(
        env,
        "pricing.customer.group",
        {"pricing_scenario_id": scenarios["Revenda"].id},
        name="Revendas",
        company_id=company.id,
    )
    sizes = {
        name: get(
            env, "pricing.company.size", {"pricing_scenario_id": scenario.id}, name=name
        )
        for name, scenario in (
            ("Grande", scenarios["Indústria"]),
            ("Pequeno", scenarios["Consumidor"]),
        )
    }
    for name, state, number, use_type, in_group, size in CUSTOMERS:
        get(
            env,
            "res.partner",
            {
                "vat": number,
                "l10n_latam_identification_type_id": env.ref(
                    "l10n_br.cnpj" if len(number) == 14 else "l10n_br.cpf"
                ).id,
                "is_company": len(number) == 14,
                "country_id": company.country_id.id,
                "state_id": states[state].id,
                "pricing_use_type": use_type,
                "pricing_group_id": in_group and group.id,
                "pricing_size_id": size and sizes[size].id,
            },
            name=name,
        )


def main(env):
    company = env["res.company"].search([("name", "=", COMPANY)], limit=1)
    own = env(context={**env.context, "allowed_company_ids": [company.id]})
    company = own["res.company"].browse(company.id)
    states = {state.code: state for state in company.country_id.state_ids}
    make_origins(own, company, states)
    make_customers(own, company, states, make_scenarios(own, company))
    for user in env.user | env.ref("base.user_admin"):
        user.group_ids = [(4, env.ref("pricing_scenario.group_pricing_manager").id)]
    env.cr.commit()


if __name__ == "__main__":
    main(env)  # noqa: F821 - the shell provides it
