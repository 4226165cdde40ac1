"""Companies, products and channels of the demo; run in Odoo's shell, repeatable.

``SANDBOX_URL`` in the environment is the address of the sandbox marketplace,
``ARCA_URL`` that of the sandbox of Argentina's tax authority.
"""

import json
import os
import urllib.request
from datetime import datetime, timedelta

SANDBOX = os.environ["SANDBOX_URL"]
ARCA = os.environ["ARCA_URL"]
DAYS = 90
STOCK = 1000
# Account whose invoices are drafted automatically
INVOICING_NICKNAME = "TECNO.ZOLVANDIA"
COMPANIES = {
    "MLA": {
        "name": "Tienda del Sur",
        "country": "AR",
        "currency": "ARS",
        "chart": "ar_ri",
        "vat": "30714295698",
        "street": "Avenida de los Ceibos 1450",
        "city": "Rosario",
        "zip": "2000",
        "state": "S",
        "tz": "America/Argentina/Buenos_Aires",
        "taxes": "included",
    },
    "MLB": {
        "name": "Loja do Norte",
        "country": "BR",
        "currency": "BRL",
        "chart": "br",
        "vat": "11444777000161",
        "street": "Rua das Palmeiras 320",
        "city": "Recife",
        "zip": "50030-230",
        "state": "PE",
        "tz": "America/Recife",
        "taxes": "none",
    },
}


def sandbox(path, body=None, url=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url or SANDBOX}/_sandbox/{path}", data)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def get_company(env, site, first):
    facts = COMPANIES[site]
    country = env["res.country"].search([("code", "=", facts["country"])])
    currency = (
        env["res.currency"]
        .with_context(active_test=False)
        .search([("name", "=", facts["currency"])])
    )
    currency.active = True
    company = env["res.company"].search([("name", "=", facts["name"])], limit=1)
    if company:
        return company
    state = env["res.country.state"].search(
        [("country_id", "=", country.id), ("code", "=", facts["state"])], limit=1
    )
    values = {
        "name": facts["name"],
        "country_id": country.id,
        "currency_id": currency.id,
        "street": facts["street"],
        "city": facts["city"],
        "zip": facts["zip"],
        "state_id": state.id,
    }
    if first:
        company = env.ref("base.main_company")
        company.write(values)
    else:
        company = env["res.company"].create(values)
    for user in env.user | env.ref("base.user_admin"):
        user.company_ids = [(4, company.id)]
    env["account.chart.template"].try_loading(
        facts["chart"], company=company, install_demo=False
    )
    if facts["country"] == "AR":
        # The chart of accounts has set what the company is: registered for IVA.
        company.partner_id.l10n_latam_identification_type_id = env.ref(
            "l10n_ar.it_cuit"
        )
    company.partner_id.vat = facts["vat"]
    return company


def ask_arca(env, company):
    """Certificate and settings with which a company asks the sandbox of ARCA."""
    certificate = company.l10n_ar_arca_certificate_id or env[
        "l10n_ar.arca.certificate"
    ].create(
        {
            "company_id": company.id,
            "environment": "homologation",
            "user_id": env.ref("base.user_admin").id,
        }
    )
    registry = f"{ARCA}/sr-padron/webservices/personaService"
    certificate.write(
        {
            "wsaa_url": f"{ARCA}/ws/services/LoginCms",
            "constancia_url": f"{registry}A5",
            "a13_url": f"{registry}A13",
        }
    )
    if not certificate.certificate:
        certificate.action_make_request()
        signed = sandbox("certificates", {"csr": certificate.request}, url=ARCA)
        certificate._install("", signed["certificate"])


def get_tax(env, company, rate):
    return env["account.tax"].search(
        [
            ("company_id", "=", company.id),
            ("type_tax_use", "=", "sale"),
            ("amount_type", "=", "percent"),
            ("amount", "=", rate),
            ("price_include_override", "!=", "tax_included"),
        ],
        limit=1,
    )


def get_warehouse(env, company):
    """The company's warehouse; Odoo makes one for the first company only."""
    Warehouse = env["stock.warehouse"]
    values = {"name": company.name, "code": company.country_code}
    found = Warehouse.search([("company_id", "=", company.id)], limit=1)
    found.write(values)
    return found or Warehouse.create({**values, "company_id": company.id})


def make_products(env, company, site):
    Product = env["product.product"].with_company(company)
    location = get_warehouse(env, company).lot_stock_id
    for row in sandbox(f"catalogue?site={site}"):
        domain = [
            ("default_code", "=", row["sku"]),
            ("company_id", "=", company.id),
        ]
        if Product.search_count(domain):
            continue
        taxes = env["account.tax"]
        if row["iva_rate"] is not None:
            taxes = get_tax(env, company, row["iva_rate"])
        net = row["price"] / (1 + (row["iva_rate"] or 0) / 100)
        product = Product.create(
            {
                "name": row["title"],
                "default_code": row["sku"],
                "is_storable": True,
                "list_price": round(net, 2),
                "taxes_id": [(6, 0, taxes.ids)],
                "company_id": company.id,
            }
        )
        env["stock.quant"].with_company(company)._update_available_quantity(
            product, location, STOCK
        )


def make_channel(env, company, seller):
    name = f"MercadoLibre {seller['nickname']}"
    Channel = env["sale.channel"].with_company(company)
    channel = Channel.search([("name", "=", name)], limit=1)
    facts = COMPANIES[seller["site_id"]]
    if not channel:
        channel = Channel.create(
            {
                "name": name,
                "channel_type": "mercadolibre",
                "mercadolibre_site": seller["site_id"],
                "company_id": company.id,
                "environment": "test",
                "user_id": env.ref("base.user_admin").id,
                "salesperson_id": env.ref("base.user_admin").id,
                "tz": facts["tz"],
                "orders_from": datetime.now() - timedelta(days=DAYS),
                "price_tax_mode": facts["taxes"],
                "pricelist_id": get_pricelist(env, company).id,
            }
        )
    connect(env, channel, seller)
    return channel


def get_pricelist(env, company):
    Pricelist = env["product.pricelist"]
    domain = [("company_id", "=", company.id), ("name", "=", "MercadoLibre")]
    return Pricelist.search(domain, limit=1) or Pricelist.create(
        {
            "name": "MercadoLibre",
            "company_id": company.id,
            "currency_id": company.currency_id.id,
        }
    )


def connect(env, channel, seller):
    app = sandbox("info")["apps"][0]
    credential = channel._get_credential()
    credential.write(
        {
            "api_url": SANDBOX,
            "auth_url": SANDBOX,
            "web_url": SANDBOX,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
        }
    )
    env.cr.commit()
    if credential.state == "connected":
        return
    tokens = sandbox("grant", {"seller_id": seller["id"]})
    credential._connect(tokens, str(seller["id"]), seller["nickname"])
    # Connecting has committed in a cursor of its own, which this one must see.
    env.cr.commit()
    # A demo has no public address, but that of each start and login.
    credential.registered_url = False
    env["ir.config_parameter"].set_param("web.base.url.freeze", False)


def make_carriers(env, company):
    """One carrier for MercadoLibre's own network; it costs the seller nothing here."""
    Carrier = env["delivery.carrier"]
    domain = [("company_id", "=", company.id), ("name", "=", "Mercado Envíos")]
    carrier = Carrier.search(domain, limit=1)
    if carrier:
        return carrier
    product = env["product.product"].create(
        {
            "name": "Mercado Envíos",
            "type": "service",
            "company_id": company.id,
            "taxes_id": [(5,)],
        }
    )
    return Carrier.create(
        {
            "name": "Mercado Envíos",
            "product_id": product.id,
            "company_id": company.id,
            "delivery_type": "fixed",
        }
    )


def make_mappings(env, channel, carrier):
    """What an admin would fill on the first day; the rest shows in the inbox."""
    Mapping = env["sale.channel.mapping"]
    for value, label, record in [
        (
            "fulfillment",
            "Full",
            env["stock.warehouse"].search(
                [("company_id", "=", channel.company_id.id)], limit=1
            ),
        ),
    ]:
        mapping = Mapping._ensure(channel, "warehouse", value, label)
        if not mapping.is_mapped:
            mapping.record_ref = f"{record._name},{record.id}"
    channel.carrier_id = channel.carrier_id or carrier


def open_catalog(env, channel):
    """Link what the account sells, and let Odoo's stock and prices go out to it."""
    channel.catalog_show = True
    flows = {flow.kind: flow for flow in channel.flow_ids}
    env.cr.commit()
    flows["listings_in"].cron_id.method_direct_trigger()
    # It ran in a cursor of its own, which this one must see.
    env.cr.commit()
    env.invalidate_all()
    listings = env["sale.channel.listing"].search([("channel_id", "=", channel.id)])
    listings.filtered(lambda listing: not listing.approved).action_approve()
    for kind in ("stock_out", "price_out"):
        if not flows[kind].confirmed:
            flows[kind]._confirm()


def main(env):
    sellers = sandbox("info")["sellers"]
    first = True
    for site in COMPANIES:
        company = get_company(env, site, first)
        first = False
        in_company = env(context={**env.context, "allowed_company_ids": [company.id]})
        make_products(in_company, in_company["res.company"].browse(company.id), site)
        carrier = make_carriers(in_company, company)
        if site == "MLA":
            ask_arca(in_company, in_company["res.company"].browse(company.id))
        for seller in sellers:
            if seller["site_id"] != site:
                continue
            channel = make_channel(in_company, company, seller)
            make_mappings(in_company, channel, carrier)
            if seller["nickname"] == INVOICING_NICKNAME:
                channel.write({"invoicing": "draft", "invoicing_moment": "paid"})
            channel.flow_ids.write({"enabled": True})
            channel.state = "live"
            open_catalog(in_company, channel)
            channel.flow_ids.action_run_now()
            print(f"{channel.name}: {company.name}")
    env.cr.commit()


if __name__ == "__main__":
    main(env)  # noqa: F821 - the shell provides it
