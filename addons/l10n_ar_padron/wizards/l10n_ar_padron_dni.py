from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..lib.errors import ArcaError


class PadronDni(models.TransientModel):
    """Finds the CUIT of a person by their DNI (ARCA's service A13)."""

    _name = "l10n_ar.padron.dni"
    _description = "CUIT of a DNI"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    document = fields.Char("DNI", related="partner_id.vat")
    line_ids = fields.One2many("l10n_ar.padron.dni.line", "wizard_id", "Found")

    @api.model
    def _open(self, partner):
        """Ask A13 and let a person choose.

        :raises UserError: it is no DNI, nothing was found, or ARCA cannot be asked
        """
        code = partner.l10n_latam_identification_type_id.l10n_ar_afip_code
        if code != "96" or not partner.vat:
            raise UserError(self.env._("The contact has no DNI."))
        certificate = partner._l10n_ar_get_arca_certificate()
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


class PadronDniLine(models.TransientModel):
    _name = "l10n_ar.padron.dni.line"
    _description = "CUIT Found by DNI"

    wizard_id = fields.Many2one("l10n_ar.padron.dni", required=True, ondelete="cascade")
    number = fields.Char("CUIT or CUIL", required=True, readonly=True)

    def action_choose(self):
        """Write the number on the contact and look it up.

        :raises UserError: ARCA's number is not one that Odoo takes
        """
        self.ensure_one()
        partner = self.wizard_id.partner_id
        partner.check_access("write")
        try:
            number = cuit.validate(self.number)
        except NumberError as error:
            raise UserError(
                self.env._("%(number)s is not a valid CUIT.", number=self.number)
            ) from error
        partner.write(
            {
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": number,
            }
        )
        return partner.action_l10n_ar_padron_update()
