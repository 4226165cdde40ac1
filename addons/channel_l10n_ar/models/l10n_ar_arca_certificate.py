from odoo import api, fields, models


class ArcaCertificate(models.Model):
    _inherit = "l10n_ar.arca.certificate"

    # While ARCA is down, imports do not wait for it again and again.
    unavailable_until = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _get_error_texts(self):
        return {
            **super()._get_error_texts(),
            "document_invalid": self.env._(
                "The channel gave a document that is not valid, so ARCA cannot be "
                "asked: enter the right CUIT."
            ),
        }
