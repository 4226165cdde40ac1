"""The web shop of the demo's Brazilian company; run in Odoo's shell, repeatable."""

COMPANY = "Loja do Norte"
CUSTOMER = "Mercantil Lumendra Ltda."
EMAIL = "compras@example.com"
LOGIN = PASSWORD = "revenda"


def make_website(env, company):
    """Odoo's first website becomes the company's shop, with prices by scenario."""
    website = env.ref("website.default_website")
    website.write(
        {"name": company.name, "company_id": company.id, "pricing_shop": True}
    )


def publish_products(env, company):
    """Everything with stock in the company's warehouses is in the shop."""
    quants = env["stock.quant"].search(
        [("company_id", "=", company.id), ("location_id.usage", "=", "internal")]
    )
    quants.product_id.product_tmpl_id.is_published = True


def make_reseller(env, company):
    """A portal user who buys for a customer with a contract."""
    customer = env["res.partner"].search([("name", "=", CUSTOMER)], limit=1)
    customer.email = EMAIL
    if not customer.user_ids:
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": LOGIN,
                "password": PASSWORD,
                "partner_id": customer.id,
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )


def main(env):
    company = env["res.company"].search([("name", "=", COMPANY)], limit=1)
    own = env(context={**env.context, "allowed_company_ids": [company.id]})
    company = own["res.company"].browse(company.id)
    make_website(own, company)
    publish_products(own, company)
    make_reseller(own, company)
    env.cr.commit()


if __name__ == "__main__":
    main(env)  # noqa: F821 - the shell provides it
