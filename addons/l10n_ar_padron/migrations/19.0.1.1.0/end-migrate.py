from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Last, because other addons say what follows for orders and drafts."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["partner.registration.finding"]._redecide_other_kinds()
    env["l10n_ar.padron.decision"]._adopt_declarations()
    env["l10n_ar.padron.position"]._adopt()
