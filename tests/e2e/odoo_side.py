"""What a worker process does inside Odoo; see ``worker.py``.

Every function gets an environment (superuser, its own transaction) and plain values,
and answers something that fits in JSON.
"""

import base64
import os
import time
from datetime import datetime, timedelta

from odoo.exceptions import UserError

os.environ.setdefault("SANDBOX_URL", "")
os.environ.setdefault("ARCA_URL", "")

from odoo.addons.channel_base.lib.ratelimit import RateLimiter
from odoo.addons.channel_base.tools.quota import AccountQuota

from devtool.odoo_scripts import demo_setup

DAYS = 90


def _in_company(env, company):
    return env(context={**env.context, "allowed_company_ids": [company.id]})


def prepare_company(env, sandbox_url):
    """The Argentine company of the demo: chart, taxes, warehouse, products, carrier."""
    demo_setup.SANDBOX = sandbox_url
    company = demo_setup.get_company(env, "MLA", True)
    env = _in_company(env, company)
    company = company.with_env(env)
    demo_setup.make_products(env, company, "MLA")
    demo_setup.make_carriers(env, company)
    env["stock.quant"]._quant_tasks()
    return company.id


def make_channel(env, name, sandbox_url, seller, connected=True, **flow_values):
    """A live MercadoLibre channel whose orders flow is enabled and not woken."""
    demo_setup.SANDBOX = sandbox_url
    env = _in_company(env, env.ref("base.main_company"))
    channel = _new_channel(env, name)
    if connected:
        demo_setup.connect(env, channel, seller)
    else:
        point_at(env, channel.id, sandbox_url)
    channel.flow_ids.filtered(lambda flow: flow.kind == "orders_in").write(
        {"enabled": True, **flow_values}
    )
    env["ir.cron.trigger"].search(
        [("cron_id", "in", channel.flow_ids.cron_id.ids)]
    ).unlink()
    channel.state = "live"
    return {"channel": channel.id, "flow": channel.flow_ids[:1].id}


def _new_channel(env, name):
    company = env.company
    channel = env["sale.channel"].create(
        {
            "name": name,
            "channel_type": "mercadolibre",
            "mercadolibre_site": "MLA",
            "company_id": company.id,
            "environment": "test",
            "user_id": env.ref("base.user_admin").id,
            "tz": "America/Argentina/Buenos_Aires",
            "orders_from": datetime.now() - timedelta(days=DAYS),
            "price_tax_mode": "included",
            "pricelist_id": demo_setup.get_pricelist(env, company).id,
        }
    )
    carrier = demo_setup.make_carriers(env, company)
    demo_setup.make_mappings(env, channel, carrier)
    return channel


def point_at(env, channel_id, sandbox_url):
    """Enter the sandbox's addresses and keys, as an administrator would."""
    demo_setup.SANDBOX = sandbox_url
    app = demo_setup.sandbox("info")["apps"][0]
    env["sale.channel"].browse(channel_id)._get_credential().write(
        {
            "api_url": sandbox_url,
            "auth_url": sandbox_url,
            "web_url": sandbox_url,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
        }
    )


def make_busy_channels(env, count):
    """Live channels of the fake provider whose flow never ends."""
    channels = env["sale.channel"].create(
        [
            {
                "name": f"Busy {number}",
                "channel_type": "fake",
                "company_id": env.ref("base.main_company").id,
            }
            for number in range(count)
        ]
    )
    flows = channels.flow_ids.filtered(lambda flow: flow.kind == "busy")
    flows.enabled = True
    channels.state = "live"
    return flows.ids


def get_token(env, channel_id, stale=None):
    """The access token that an API client would be given now."""
    credential = env["sale.channel"].browse(channel_id)._get_credential()
    provide = credential._get_token_provider()
    return provide(stale) if stale else provide()


def call_me(env, channel_id):
    """Make an authenticated call the way a flow does it; the account's id."""
    channel = env["sale.channel"].browse(channel_id)
    client = channel._get_provider()._get_client(channel)
    return client.me().body["id"]


def fail_after_renewal(env, channel_id):
    """A business transaction that writes, renews the token and then falls over."""
    channel = env["sale.channel"].browse(channel_id)
    channel.name = "Never committed"
    env.flush_all()
    call_me(env, channel_id)
    raise RuntimeError("the business transaction fails")


def spend(env, channel_id, per_minute, seconds, patience=0.5):
    """Make calls as fast as the account's quota lets them go; when each one went."""
    limit = _new_limiter(env, channel_id, per_minute)
    gone = []
    end = time.time() + seconds
    while time.time() < end:
        wait = limit.acquire(patience)
        if wait:
            time.sleep(min(wait, 0.2))
        else:
            gone.append(time.time())
    return gone


def refuse(env, channel_id, per_minute, after):
    """Be answered 429; when that was."""
    _new_limiter(env, channel_id, per_minute).throttled(after)
    return time.time()


def _new_limiter(env, channel_id, per_minute):
    # As a process that has just been started has it
    channel = env["sale.channel"].browse(channel_id)
    quota = AccountQuota(env.cr.dbname, channel.id, channel.environment)
    return RateLimiter(per_minute, quota=quota)


def summary(env, channel_id):
    """What the import has made of a channel's orders, by external id."""
    rows = env["sale.channel.order"].search([("channel_id", "=", channel_id)])
    return {
        row.external_id: {
            "state": row.state,
            "sync_state": row.sync_state,
            "error_code": row.error_code,
            "error_message": row.error_message,
            "order": row.sale_order_id.id,
            "order_state": row.sale_order_id.state,
            "total": row.sale_order_id.amount_total,
            "customer": row.partner_id.id,
        }
        for row in rows
    }


def upsert_buyer(env, channel_id, nickname, number, hold):
    """Import one buyer, and keep the transaction open for some seconds."""
    from odoo.addons.channel_partner.lib.buyer import Buyer, FiscalIdentity

    identity = FiscalIdentity(document_type="CUIT", document_number=number)
    buyer = Buyer(external_id="77001", nickname=nickname, identity=identity)
    channel = env["sale.channel"].browse(channel_id)
    (result,) = env["sale.channel.partner.importer"]._upsert(channel, [(buyer, None)])
    env.flush_all()
    time.sleep(hold)
    return [result.buyer.id, result.identity.id, result.partner.id]


def reconnect(env, channel_id, sandbox_url):
    """A person has granted access again."""
    demo_setup.SANDBOX = sandbox_url
    seller = demo_setup.sandbox("info")["sellers"][0]
    tokens = demo_setup.sandbox("grant", {"seller_id": seller["id"]})
    credential = env["sale.channel"].browse(channel_id)._get_credential()
    credential._connect(tokens, str(seller["id"]), seller["nickname"])


def make_due_order(env, channel_id, number):
    """A paid order of the channel, confirmed in Odoo; its invoice is due."""
    channel = env["sale.channel"].browse(channel_id)
    channel.invoicing = "draft"
    env = _in_company(env, channel.company_id)
    product = env["product.product"].search([("type", "=", "consu")], limit=1)
    product.invoice_policy = "order"
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Ana Díaz"}).id,
            "sale_channel_id": channel.id,
            "order_line": [(0, 0, {"product_id": product.id, "price_unit": 100})],
        }
    )
    env["sale.channel.order"].create(
        {
            "channel_id": channel.id,
            "external_id": number,
            "state": "imported",
            "external_status": "paid",
            "sale_order_id": order.id,
        }
    )
    order.action_confirm()
    return order.id


def invoice_automatically(env, order_id, hold):
    """Do what the flow does with an order, and keep the transaction open."""
    rows = env["sale.channel.order.invoicing"]
    row = rows.search([("sale_order_id", "=", order_id)])
    env["sale.channel.order.invoicer"]._invoice(row)
    env.flush_all()
    time.sleep(hold)
    return row.sync_state


def invoice_by_hand(env, order_id, hold):
    """Invoice an order as a person does, and keep the transaction open."""
    env["sale.order"].browse(order_id)._create_invoices()
    env.flush_all()
    time.sleep(hold)


def install_certificate(env, sandbox_url, identity, **values):
    """Have the company ask a sandbox of ARCA, with a certificate of its own."""
    company = env.ref("base.main_company")
    registry = f"{sandbox_url}/sr-padron/webservices/personaService"
    certificate = env["l10n_ar.arca.certificate"].create(
        {
            "company_id": company.id,
            "environment": "homologation",
            "wsaa_url": f"{sandbox_url}/ws/services/LoginCms",
            "constancia_url": f"{registry}A5",
            "a13_url": f"{registry}A13",
            **values,
        }
    )
    certificate._install(identity["key"], identity["certificate"])
    company.l10n_ar_arca_certificate_id = certificate
    return certificate.id


def enter_foreign_certificate(env, identity):
    """Make a signing request, then choose the certificate of another key."""
    certificate = env["l10n_ar.arca.certificate"].create(
        {"company_id": env.ref("base.main_company").id, "environment": "homologation"}
    )
    certificate.action_make_request()
    env["l10n_ar.arca.certificate.import"].create(
        {
            "certificate_id": certificate.id,
            "file": base64.b64encode(identity["certificate"].encode()),
        }
    ).action_import()


def look_up(env, certificate_id, number):
    """The name that the registry has for a CUIT, asked as every process does."""
    certificate = env["l10n_ar.arca.certificate"].browse(certificate_id)
    registry = certificate._get_registry()
    found = env["partner.registry.arca"]._look_up(registry, "", [number])[number]
    if isinstance(found, Exception):
        raise found
    return found.name


def fail_after_look_up(env, certificate_id, number):
    """A business transaction that writes, asks ARCA and then falls over."""
    env["l10n_ar.arca.certificate"].browse(certificate_id).alias = "never committed"
    env.flush_all()
    look_up(env, certificate_id, number)
    raise RuntimeError("the business transaction fails")


def make_customer(env, number):
    """An Argentine customer with a CUIT, to be looked up."""
    partner = env["res.partner"].create(
        {
            "name": "Quintarel",
            "country_id": env.ref("base.ar").id,
            "l10n_latam_identification_type_id": env.ref("l10n_ar.it_cuit").id,
            "vat": number,
        }
    )
    partner._l10n_ar_padron_request()
    return partner.id


def press_update(env, partner_id):
    """The button of the customer."""
    env["res.partner"].browse(partner_id).action_l10n_ar_padron_update()


def press_test(env, certificate_id):
    """The button of the certificate."""
    return env["l10n_ar.arca.certificate"].browse(certificate_id).action_test()


def run_look_ups(env):
    """The scheduled look-ups."""
    env.ref("partner_registry.ir_cron_look_up").method_direct_trigger()


def describe_customer(env, partner_id):
    """The fiscal data of a customer, and why they are so."""
    partner = env["res.partner"].browse(partner_id)
    return {
        "state": partner.l10n_ar_padron_state,
        "pending": partner.l10n_ar_fiscal_pending,
        "text": partner.l10n_ar_padron_text,
        "responsibility": partner.l10n_ar_afip_responsibility_type_id.code,
    }


def switch_invoicing_on(env, channel_id):
    """Post the invoices of the channel's orders as soon as they are paid."""
    channel = env["sale.channel"].browse(channel_id)
    # The chart's journal is for printed forms: somebody has to authorise them.
    env["account.journal"].search(
        [("company_id", "=", channel.company_id.id), ("type", "=", "sale")]
    ).write({"l10n_ar_cai": "40123456789012", "l10n_ar_cai_valid_to": "2099-12-31"})
    channel.invoicing = "post"
    channel.flow_ids.filtered(lambda flow: flow.kind == "orders_invoice").enabled = True


def post_invoices(env, channel_id):
    """Try to post an invoice of every order by hand; the number of refusals."""
    orders = env["sale.order"].search([("sale_channel_id", "=", channel_id)])
    refused = 0
    for order in orders.filtered("partner_id.l10n_ar_fiscal_pending"):
        try:
            with env.cr.savepoint():
                order._create_invoices().action_post()
        except UserError:
            refused += 1
    return refused


def invoice_letters(env, channel_id):
    """Of every order: document, responsibility and letters of the posted invoices."""
    orders = env["sale.order"].search([("sale_channel_id", "=", channel_id)])
    return [
        {
            "number": order.partner_id.commercial_partner_id.l10n_ar_vat or "",
            "state": order.partner_id.commercial_partner_id.l10n_ar_padron_state,
            "responsibility": (
                order.partner_id.commercial_partner_id
            ).l10n_ar_afip_responsibility_type_id.code,
            "letters": order.invoice_ids.filtered(
                lambda move: move.state == "posted"
            ).mapped("l10n_latam_document_type_id.l10n_ar_letter"),
        }
        for order in orders
    ]
