import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.certificate import read_file
from ..lib.errors import ArcaError


class ArcaCertificateImport(models.TransientModel):
    """Takes a certificate's file, with its key or without."""

    _name = "l10n_ar.arca.certificate.import"
    _description = "Enter an ARCA Certificate"

    certificate_id = fields.Many2one("l10n_ar.arca.certificate", required=True)
    file = fields.Binary(
        "Certificate File",
        required=True,
        help="PEM (.crt, .pem) or PKCS#12 (.p12, .pfx).",
    )
    file_name = fields.Char()
    key_file = fields.Binary(
        "Private Key",
        help="Only for a key that was made elsewhere and is in a file of its own.",
    )
    key_file_name = fields.Char()
    password = fields.Char(help="Of the file, when it has one.")

    def action_import(self):
        """Check the files and take them into use.

        :raises UserError: with what is wrong with them
        """
        self.ensure_one()
        try:
            key, certificate = read_file(
                base64.b64decode(self.file), self.password or ""
            )
            if self.key_file:
                key, _other = read_file(
                    base64.b64decode(self.key_file), self.password or ""
                )
            if not certificate:
                raise ArcaError("certificate_unreadable")
            self.certificate_id._install(key, certificate)
        except ArcaError as error:
            raise UserError(
                self.certificate_id._describe(error.code, error.detail)
            ) from error
        # The files hold a key: nothing of them stays behind.
        self.write({"file": b"-", "key_file": False, "password": False})
        return {"type": "ir.actions.act_window_close"}
