from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.l10n_ar_arca.lib.errors import ArcaError


class PadronDni(models.TransientModel):
    """Finds the CUIT of a person by their DNI (ARCA's service A13)."""

    _name = "l10n_ar.padron.dni"
    _description = "CUIT of a DNI"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    document = fields.Char("DNI", related="partner_id.vat", related_sudo=False)
    line_ids = fields.One2many("l10n_ar.padron.dni.line", "wizard_id", "Found")

    @api.model
    def _open(self, partner):
        """Ask A13 and let a person choose.

        :raises UserError: it is no DNI, nothing was found, or ARCA cannot be asked
        """
        code = partner.l10n_latam_identification_type_id.l10n_ar_afip_code
        if code != "96" or not partner.vat:
            raise UserError(self.env._("The contact has no DNI."))
        arca = self.env["partner.registry.arca"]
        certificate = arca._get_certificate(arca._get_asker(partner.company_id))
        try:
            numbers = certificate._get_registry().get_numbers(partner.vat)
        except ArcaError as error:
            raise UserError(certificate._describe(error.code, error.detail)) from error
        if not numbers:
            raise UserError(self.env._("ARCA knows no CUIT of this DNI."))
        wizard = self.create(
            {
                "partner_id": partner.id,
                "line_ids": [Command.create({"number": n}) for n in numbers],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("CUIT of a DNI"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
