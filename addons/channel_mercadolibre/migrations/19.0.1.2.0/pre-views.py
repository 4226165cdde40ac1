from odoo import SUPERUSER_ID, api

GONE = (
    "res_partner_view_form",
    "sale_order_view_form",
    "sale_channel_credential_view_form",
    "oauth_failed",
)


def migrate(cr, version):
    """Hide the views that are gone: Odoo deletes them when everything is loaded, and
    until then they name fields that do not exist any more."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    data = env["ir.model.data"].search(
        [("module", "=", "channel_mercadolibre"), ("name", "in", GONE)]
    )
    views = env["ir.ui.view"].browse(data.mapped("res_id"))
    env.cr.execute(
        "UPDATE ir_ui_view SET active = false WHERE id = ANY(%s)", [views.ids]
    )
