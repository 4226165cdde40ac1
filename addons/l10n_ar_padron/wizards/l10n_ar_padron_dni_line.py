from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import fields, models
from odoo.exceptions import UserError


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
