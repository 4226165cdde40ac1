import base64
from datetime import timedelta

from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib import certificate as crypto
from ..lib.addresses import ADDRESSES, is_safe
from ..lib.errors import ArcaError
from ..lib.registry import A13, CONSTANCIA, Registry
from ..lib.soap import make_session

ADDRESS_FIELDS = tuple(ADDRESSES["production"])
WARN_DAYS = 30


class ArcaCertificate(models.Model):
    """Key and certificate of a *computador fiscal*, with which a company asks ARCA."""

    _name = "l10n_ar.arca.certificate"
    _inherit = ["mail.thread", "mail.activity.mixin", "field.guard.mixin"]
    _description = "ARCA Certificate"
    _order = "company_id, environment, valid_to desc, id desc"
    _rec_name = "alias"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    alias = fields.Char(
        required=True,
        default="odoo",
        help="Name of the computador fiscal. Give this database one of its own: "
        "another program with the same certificate takes its tickets away.",
    )
    environment = fields.Selection(
        [("production", "Production"), ("homologation", "Homologation (tests)")],
        required=True,
        default="production",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        help="Is warned before the certificate expires.",
    )
    represented_cuit = fields.Char(
        "CUIT in Whose Name",
        compute="_compute_represented_cuit",
        store=True,
        readonly=False,
        precompute=True,
        help="CUIT that uses the service; the certificate's owner must be allowed to "
        "represent it.",
    )
    private_key = fields.Text(
        copy=False,
        groups="base.group_system",
        exportable=False,
        prefetch=False,
        guard="server",
    )
    request = fields.Text("Signing Request", copy=False, readonly=True, guard="server")
    request_file = fields.Binary(compute="_compute_request_file")
    request_name = fields.Char(compute="_compute_request_file")
    certificate = fields.Text(copy=False, readonly=True, guard="server")
    cuit = fields.Char("Certificate's CUIT", readonly=True, copy=False, guard="server")
    issuer = fields.Char(readonly=True, copy=False, guard="server")
    valid_from = fields.Datetime(readonly=True, copy=False, guard="server")
    valid_to = fields.Datetime("Expires", readonly=True, copy=False, guard="server")
    fingerprint = fields.Char(readonly=True, copy=False, guard="server")
    state = fields.Selection(
        [
            ("new", "Without key"),
            ("request", "Waiting for ARCA's certificate"),
            ("valid", "Valid"),
            ("expiring", "About to expire"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
    )
    wsaa_url = fields.Char(
        "Login (WSAA)", compute="_compute_urls", store=True, readonly=False
    )
    constancia_url = fields.Char(
        "Registry (Constancia de inscripción)",
        compute="_compute_urls",
        store=True,
        readonly=False,
    )
    a13_url = fields.Char(
        "Registry (A13)", compute="_compute_urls", store=True, readonly=False
    )
    database_uuid = fields.Char(readonly=True, copy=False, guard="server")
    expiry_warned = fields.Boolean(readonly=True, copy=False, guard="server")
    problem_text = fields.Char("Last Problem", compute="_compute_problem_text")

    @api.depends("environment")
    def _compute_urls(self):
        for record in self:
            record.update(ADDRESSES.get(record.environment, {}))

    @api.depends("company_id")
    def _compute_represented_cuit(self):
        for record in self:
            record.represented_cuit = record.company_id.partner_id.l10n_ar_vat

    @api.depends("request", "alias")
    def _compute_request_file(self):
        for record in self:
            record.request_name = f"{record.alias}.csr"
            record.request_file = record.request and base64.b64encode(
                record.request.encode()
            )

    @api.depends("certificate", "request", "valid_to")
    def _compute_state(self):
        now = fields.Datetime.now()
        for record in self:
            if not record.certificate:
                record.state = "request" if record.request else "new"
            elif record.valid_to <= now:
                record.state = "expired"
            elif record.valid_to <= now + timedelta(days=WARN_DAYS):
                record.state = "expiring"
            else:
                record.state = "valid"

    def _compute_problem_text(self):
        tickets = self.env["l10n_ar.arca.ticket"].sudo()
        for record in self:
            failed = tickets.search(
                [
                    ("environment", "=", record.environment),
                    ("fingerprint", "=", record.fingerprint),
                    ("problem", "!=", False),
                ]
            ).filtered(lambda ticket: not ticket._is_usable())[:1]
            record.problem_text = bool(failed) and self._describe(
                failed.problem, failed.problem_detail
            )

    @api.constrains(*ADDRESS_FIELDS)
    def _check_urls(self):
        for record in self:
            for name in ADDRESS_FIELDS:
                url = record[name] or ""
                if not is_safe(url):
                    raise ValidationError(
                        self.env._("%(url)s: only https addresses are safe.", url=url)
                    )

    @api.constrains("represented_cuit")
    def _check_represented_cuit(self):
        for record in self.filtered("represented_cuit"):
            try:
                cuit.validate(record.represented_cuit)
            except NumberError as error:
                raise ValidationError(
                    self.env._(
                        "%(number)s is not a valid CUIT.",
                        number=record.represented_cuit,
                    )
                ) from error

    def action_make_request(self):
        """Make a key and the signing request that is uploaded at ARCA.

        :raises UserError: there is a certificate already, or no CUIT
        """
        self.ensure_one()
        self.check_access("write")
        if self.certificate:
            raise UserError(
                self.env._(
                    "There is a certificate for this key. Make another record for the "
                    "next one; this one goes on working until then."
                )
            )
        if not self.represented_cuit:
            raise UserError(self.env._("Enter the CUIT first."))
        key = self.sudo().private_key or crypto.make_key()
        self.sudo().write(
            {
                "private_key": key,
                "request": crypto.make_request(
                    key,
                    cuit.compact(self.represented_cuit),
                    self.company_id.name,
                    self.alias,
                ),
            }
        )

    def action_import(self):
        """Open the wizard that takes the certificate's file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter the Certificate"),
            "res_model": "l10n_ar.arca.certificate.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_certificate_id": self.id},
        }

    def _install(self, key_pem, *certificates):
        """Take the certificate that belongs to a key into use.

        :param key_pem: "" when it is the key that was made here
        :param certificates: PEM, those of the authority maybe among them
        :raises ArcaError: it cannot be read, is another key's, or is over
        """
        self.ensure_one()
        key = key_pem or self.sudo().private_key
        if not key:
            raise ArcaError("key_missing")
        certificate_pem = crypto.choose_certificate(key, certificates)
        facts = crypto.read_facts(certificate_pem)
        if facts.valid_to <= fields.Datetime.now():
            raise ArcaError("certificate_expired", detail=str(facts.valid_to))
        self.sudo().write(
            {
                "private_key": key,
                "certificate": certificate_pem,
                "alias": facts.alias or self.alias,
                "cuit": facts.cuit,
                "issuer": facts.issuer,
                "valid_from": facts.valid_from,
                "valid_to": facts.valid_to,
                "fingerprint": facts.fingerprint,
                "represented_cuit": self.represented_cuit or facts.cuit,
                "database_uuid": self._get_database_uuid(),
                "expiry_warned": False,
            }
        )
        company = self.company_id.sudo()
        used = company.l10n_ar_arca_certificate_id
        ends = used.state in ("expiring", "expired")
        if not used or (ends and used.environment == self.environment):
            company.l10n_ar_arca_certificate_id = self

    def action_use_here(self):
        """A person says that this database may ask ARCA with the certificate."""
        self.check_access("write")
        self.sudo().database_uuid = self._get_database_uuid()

    @api.model
    def _get_database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _get_registry(self):
        """A client of ARCA's registry; may be used in any thread.

        :raises ArcaError: there is no certificate that can be used
        """
        if not self:
            raise ArcaError("certificate_missing")
        own = self.sudo()
        own.ensure_one()
        if problem := own._get_own_problem():
            raise problem
        represented = cuit.compact(own.represented_cuit or own.cuit or "")
        if not represented:
            raise ArcaError("represented_missing")
        session = make_session()
        get_ticket = self.env["l10n_ar.arca.ticket"]._make_reader(
            own._get_ticket_key(),
            {
                "url": own.wsaa_url,
                "session": session,
                "key": own.private_key,
                "certificate": own.certificate,
            },
        )
        return Registry(
            {CONSTANCIA: own.constancia_url, A13: own.a13_url},
            represented,
            get_ticket,
            session,
        )

    def _get_own_problem(self):
        """Why the certificate cannot be used, as far as can be told here; or None."""
        if not self.certificate or not self.private_key:
            return ArcaError("certificate_missing")
        if self.valid_to <= fields.Datetime.now():
            return ArcaError("certificate_expired", detail=str(self.valid_to))
        if self.database_uuid != self._get_database_uuid():
            return ArcaError("database_copied")
        return None

    def _get_ticket_key(self):
        return {"environment": self.environment, "fingerprint": self.fingerprint}

    def action_test(self):
        """Log in and look the company's own CUIT up.

        :raises UserError: with what to do
        """
        self.ensure_one()
        self.check_access("write")
        # In a transaction of its own, so that the login does not read the old problem.
        tickets = self.env["l10n_ar.arca.ticket"]
        with self.env.registry.cursor() as cr:
            key = self._get_ticket_key()
            tickets.with_env(self.env(cr=cr))._forget_problems(key)
        try:
            registry = self._get_registry()
        except ArcaError as error:
            raise UserError(self._describe(error.code, error.detail)) from error
        number = registry.represented
        found = self.env["l10n_ar.padron.answer"]._ask(registry, [number])[number]
        if isinstance(found, ArcaError):
            raise UserError(self._describe(found.code, found.detail))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "ARCA answered: %(cuit)s %(name)s", cuit=number, name=found.name
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _describe(self, code, detail=""):
        """What happened and what to do, in the user's language.

        :param code: of an :class:`ArcaError`
        """
        text = self._get_error_texts().get(code) or self.env._("Unexpected: %s", code)
        return f"{text} ({detail})" if detail else text

    @api.model
    def _get_error_texts(self):
        """Code of an :class:`ArcaError` → sentence that says what to do."""
        return {
            **self._get_certificate_error_texts(),
            **self._get_login_error_texts(),
            "unavailable": self.env._("ARCA's service is out of order for now."),
            "unreachable": self.env._("ARCA's service cannot be reached for now."),
            "answer_unreadable": self.env._("ARCA's answer could not be read."),
            "answer_incomplete": self.env._("ARCA's answer left this CUIT out."),
            "service_error": self.env._("ARCA's service reported an error."),
            "number_failed": self.env._(
                "ARCA's service is well but fails on this CUIT. It is asked about "
                "alone, now and then."
            ),
            "postponed": self.env._(
                "ARCA's service failed on too many CUITs at once: this one has to wait."
            ),
            "redirected": self.env._(
                "ARCA's address leads elsewhere, which is not followed: check the "
                "addresses of the certificate."
            ),
            "declared": self.env._(
                "The customer said so, and without a CUIT ARCA cannot be asked: an "
                "accountant decides."
            ),
            "not_applied": self.env._(
                "What ARCA answered cannot be written on the customer."
            ),
        }

    @api.model
    def _get_certificate_error_texts(self):
        return {
            "certificate_missing": self.env._(
                "The company has no ARCA certificate: enter one under Settings > "
                "Accounting > ARCA Registry."
            ),
            "represented_missing": self.env._(
                "Enter the CUIT in whose name ARCA is asked."
            ),
            "certificate_expired": self.env._(
                "The ARCA certificate is expired: make a new signing request, upload "
                "it at ARCA and enter the new certificate."
            ),
            "certificate_not_yet": self.env._(
                "ARCA says that the certificate is not valid yet: wait some minutes, "
                "or check the server's clock, then test again."
            ),
            "certificate_untrusted": self.env._(
                "ARCA does not know the certificate's issuer: a homologation "
                "certificate does not work in production, nor the other way round."
            ),
            "certificate_unreadable": self.env._(
                "This is not a certificate: choose the .crt or .pem file that ARCA "
                "gave you."
            ),
            "key_missing": self.env._(
                "The key of this certificate is missing: choose a file with both, or "
                "make the signing request here."
            ),
            "key_unreadable": self.env._(
                "The private key cannot be read: it must be RSA, and its password "
                "right."
            ),
            "key_mismatch": self.env._(
                "The certificate belongs to another key: choose the one that ARCA "
                "made from the last signing request."
            ),
            "file_unreadable": self.env._(
                "The file cannot be read: choose a PEM or PKCS#12 file, and enter its "
                "password."
            ),
        }

    @api.model
    def _get_login_error_texts(self):
        return {
            "not_authorised": self.env._(
                "The certificate may not use the registry: in ARCA's Administrador de "
                "Relaciones add the service “Consulta de constancia de inscripción” "
                "for this computador fiscal, then test again."
            ),
            "not_delegated": self.env._(
                "The certificate may not represent this CUIT: delegate the service in "
                "ARCA's Administrador de Relaciones. It counts from the next ticket, "
                "within 12 hours."
            ),
            "service_unknown": self.env._("ARCA does not know the service."),
            "login_refused": self.env._("ARCA refused the login."),
            "clock": self.env._(
                "ARCA refused the time of the request: check the server's clock, then "
                "test again."
            ),
            "ticket_elsewhere": self.env._(
                "Another program got an access ticket with this certificate and ARCA "
                "gives no second one. Odoo asks again; to avoid it, give this database "
                "a computador fiscal of its own."
            ),
            "ticket_busy": self.env._("Another process is logging in at ARCA."),
            "ticket_refused": self.env._(
                "ARCA's registry refused the access ticket, and the login gives no "
                "other one yet. The ticket is kept and tried again."
            ),
            "database_copied": self.env._(
                "This is a copy of the database that owns the ARCA certificate. Use "
                "it here only if the original no longer does."
            ),
        }

    @api.model
    def _cron_check_expiry(self):
        """Warn the responsible before a certificate in use expires."""
        limit = fields.Datetime.now() + timedelta(days=WARN_DAYS)
        companies = self.env["res.company"].search(
            [("l10n_ar_arca_certificate_id.valid_to", "<", limit)]
        )
        for certificate in companies.l10n_ar_arca_certificate_id:
            certificate._warn_expiry()

    def _warn_expiry(self):
        if self.expiry_warned:
            return
        self.expiry_warned = True
        user = self.user_id.filtered("active") or self.env.ref("base.user_admin")
        own = self.with_context(lang=user.lang)
        own.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=own.env._(
                "The ARCA certificate expires on %(date)s",
                date=fields.Date.to_string(self.valid_to.date()),
            ),
            note=own.env._(
                "Make a new signing request, upload it at ARCA and enter the new "
                "certificate; customers are not looked up any more after that day."
            ),
            user_id=user.id,
        )
