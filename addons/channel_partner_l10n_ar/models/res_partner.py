from odoo import models

from odoo.addons.channel_partner.lib.identity import written_key

# ARCA's codes of documents that other countries issue: passport and foreign ID.
FOREIGN_CODES = (False, "91", "94")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _run_check_identification(self, validation="error"):
        """Foreign documents keep their letters; what is clean is not written again.

        l10n_ar reduces the numbers of its types, and all numbers of people who live in
        Argentina, to their digits: passport AAB123456 would be that of somebody else.
        What is sent to ARCA is reduced when it is sent.

        A number that is reduced already is not written again: that would look for what
        follows from a new number, web shop orders among them, each time.
        """
        lettered = self.filtered(lambda partner: partner._l10n_ar_has_letters())
        clean = (self - lettered).filtered(lambda partner: partner._l10n_ar_is_clean())
        if validation == "error":
            clean._l10n_ar_identification_validation()
        return super(ResPartner, self - lettered - clean)._run_check_identification(
            validation=validation
        )

    def _l10n_ar_is_clean(self):
        """Whether the number is an Argentine one as l10n_ar would write it."""
        self.ensure_one()
        type_ = self.l10n_latam_identification_type_id
        is_argentine = type_.l10n_ar_afip_code or self.country_code == "AR"
        return (
            bool(self.vat and is_argentine)
            and str(self._get_id_number_sanitize()) == self.vat
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
