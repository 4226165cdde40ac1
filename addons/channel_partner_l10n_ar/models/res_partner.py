from odoo import models

from odoo.addons.channel_partner.lib.identity import written_key

# ARCA's codes of documents that other countries issue: passport and foreign ID.
FOREIGN_CODES = (False, "91", "94")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _run_check_identification(self, validation="error"):
        """Foreign documents keep their letters.

        l10n_ar reduces the numbers of its types, and all numbers of people who live in
        Argentina, to their digits: passport AAB123456 would be that of somebody else.
        What is sent to ARCA is reduced when it is sent.
        """
        lettered = self.filtered(lambda partner: partner._l10n_ar_has_letters())
        return super(ResPartner, self - lettered)._run_check_identification(
            validation=validation
        )

    def _l10n_ar_has_letters(self):
        """Whether the number is a foreign one with letters that l10n_ar would take."""
        self.ensure_one()
        type_ = self.l10n_latam_identification_type_id
        code = type_.l10n_ar_afip_code
        return (
            bool(self.vat)
            and code in FOREIGN_CODES
            and (bool(code) or self.country_code == "AR")
            and not written_key(self.vat).isdigit()
        )
