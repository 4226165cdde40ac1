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
        help="PEM or DER (.crt, .pem, .cer), or PKCS#12 (.p12, .pfx).",
    )
    file_name = fields.Char()
    key_file = fields.Binary(
        "Private Key",
        help="Only for a key that was made elsewhere and is in a file of its own: PEM "
        "or DER.",
    )
    key_file_name = fields.Char()
    password = fields.Char(help="Of the file, when it has one.")

    def action_import(self):
        """Check the files and take them into use.

        :raises UserError: with what is wrong with them
        """
        self.ensure_one()
        try:
            key, certificates = self._read(self.file)
            if self.key_file:
                own_key, others = self._read(self.key_file)
                key, certificates = own_key or key, (*certificates, *others)
            self.certificate_id._install(key, *certificates)
        except ArcaError as error:
            raise UserError(
                self.certificate_id._describe(error.code, error.detail)
            ) from error
        # The files hold a key: nothing of them stays behind.
        self.write({"file": b"-", "key_file": False, "password": False})
        return {"type": "ir.actions.act_window_close"}

    def _read(self, content):
        """Key and certificates of a file.

        :raises ArcaError: see :func:`..lib.certificate.read_file`
        """
        return read_file(base64.b64decode(content), self.password or "")
