from odoo import api, models


class ArcaCertificate(models.Model):
    _inherit = "l10n_ar.arca.certificate"

    @api.model
    def _get_error_texts(self):
        return {
            **super()._get_error_texts(),
            "document_invalid": self.env._(
                "The channel gave a document that is not valid, so ARCA cannot be "
                "asked: enter the right CUIT."
            ),
        }
