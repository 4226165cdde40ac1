import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.certificate import read_file
from ..lib.errors import ArcaError


class ArcaCertificateImport(models.TransientModel):
    """Takes a certificate's file, with its key or without.

    What is uploaded is stored before the button is pressed, so it is wiped as soon as
    it was read, whatever comes of it; in the table, because deleted files stay in the
    filestore for a while.
    """

    _name = "l10n_ar.arca.certificate.import"
    _description = "Enter an ARCA Certificate"

    certificate_id = fields.Many2one("l10n_ar.arca.certificate", required=True)
    file = fields.Binary(
        "Certificate File",
        attachment=False,
        help="PEM or DER (.crt, .pem, .cer), or PKCS#12 (.p12, .pfx).",
    )
    file_name = fields.Char()
    key_file = fields.Binary(
        "Private Key",
        attachment=False,
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
        file, key_file, password = self._take()
        if not file:
            raise UserError(
                self.env._(
                    "Choose the certificate's file, and enter its password again: "
                    "nothing is kept of a try that failed."
                )
            )
        try:
            key, certificates = self._read(file, password)
            if key_file:
                own_key, others = self._read(key_file, password)
                key, certificates = own_key or key, (*certificates, *others)
            self.certificate_id._install(key, *certificates)
        except ArcaError as error:
            raise UserError(
                self.certificate_id._describe(error.code, error.detail)
            ) from error
        return {"type": "ir.actions.act_window_close"}

    def _take(self):
        """File, key file and password; none of them is stored any more, also when this
        transaction is rolled back."""
        taken = self.file, self.key_file, self.password or ""
        with self.env.registry.cursor() as cr:
            stored = self.with_env(self.env(cr=cr)).exists()
            stored._wipe()
        if not stored:
            # Made in this very transaction: nobody else sees it.
            self._wipe()
        self.invalidate_recordset(["file", "key_file", "password"])
        return taken

    def _wipe(self):
        self.write({"file": False, "key_file": False, "password": False})

    def _read(self, content, password):
        """Key and certificates of a file.

        :raises ArcaError: see :func:`..lib.certificate.read_file`
        """
        try:
            return read_file(base64.b64decode(content), password)
        except binascii.Error:
            raise ArcaError("file_unreadable") from None
