from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Last, because other addons say what follows for orders and drafts."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["l10n_ar.padron.answer"]._redecide_other_kinds()
    env["res.partner"]._l10n_ar_adopt_declarations()
    env["l10n_ar.padron.position"]._adopt()
