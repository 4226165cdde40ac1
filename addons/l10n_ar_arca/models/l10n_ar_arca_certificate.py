import base64
from datetime import timedelta

from stdnum.ar import cuit
from stdnum.exceptions import ValidationError as NumberError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib import certificate as crypto
from ..lib.addresses import WSAA_URLS, is_safe
from ..lib.client import Client, add_title
from ..lib.errors import ArcaError
from ..lib.soap import make_session

WARN_DAYS = 30


class ArcaCertificate(models.Model):
    """Key and certificate of a *computador fiscal*, with which a company asks ARCA.

    Who asks a web service names it in :meth:`_get_services`, gives the certificate a
    column with its address, and asks with :meth:`_get_client`. Tickets are seen to
    here. With ``sudo``: the key is the server's; buttons check who presses them.
    """

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
        "Login (WSAA)", compute="_compute_wsaa_url", store=True, readonly=False
    )
    database_uuid = fields.Char(readonly=True, copy=False, guard="server")
    expiry_warned = fields.Boolean(readonly=True, copy=False, guard="server")
    problem_text = fields.Char("Last Problem", compute="_compute_problem_text")

    @api.depends("environment")
    def _compute_wsaa_url(self):
        for record in self:
            record.wsaa_url = WSAA_URLS.get(record.environment)

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
        services = self._get_services()
        for record in self:
            failed = tickets.search(
                [
                    ("environment", "=", record.environment),
                    ("fingerprint", "=", record.fingerprint),
                    ("problem", "!=", False),
                ]
            ).filtered(lambda ticket: not ticket._is_usable())[:1]
            info = services.get(failed.service)
            title = info.title if info else failed.service or ""
            record.problem_text = bool(failed) and self._describe(
                failed.problem, add_title(title, failed.problem_detail or "")
            )

    @api.constrains(lambda self: self._get_url_fields())
    def _check_urls(self):
        for record in self:
            for name in self._get_url_fields():
                url = record[name] or ""
                if not is_safe(url):
                    raise ValidationError(
                        self.env._("%(url)s: only https addresses are safe.", url=url)
                    )

    @api.model
    def _get_url_fields(self):
        """Columns with addresses: the login's, and each service's."""
        services = self._get_services().values()
        return ["wsaa_url", *(info.url_field for info in services)]

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

    @api.model
    def _get_services(self):
        """The web services that are asked; an addon that asks one extends this.

        :return: dict id at WSAA → :class:`..lib.client.ServiceInfo`
        """
        return {}

    def _get_client(self, service):
        """A client of a web service; may be used in any thread.

        :param service: one of the keys of :meth:`_get_services`
        :return: :class:`..lib.client.Client`
        :raises ArcaError: there is no certificate that can be used
        """
        own = self._get_usable()
        represented = cuit.compact(own.represented_cuit or own.cuit or "")
        if not represented:
            raise ArcaError("represented_missing")
        info, session = self._get_services()[service], make_session()
        get_ticket = own._make_ticket_reader(session)
        url = own[info.url_field]
        return Client(service, info, url, represented, get_ticket, session)

    def _get_ticket(self, service):
        """The ticket for a service, for what is not asked with a client.

        :param service: id at WSAA
        :return: :class:`..lib.wsaa.Ticket`
        :raises ArcaError: there is none
        """
        return self._get_usable()._make_ticket_reader(make_session())(service, False)

    def _make_ticket_reader(self, session):
        return self.env["l10n_ar.arca.ticket"]._make_reader(
            self._get_ticket_key(),
            {
                "url": self.wsaa_url,
                "session": session,
                "key": self.private_key,
                "certificate": self.certificate,
            },
        )

    def _get_usable(self):
        """The certificate with the right to read its key.

        :raises ArcaError: there is none that can be used
        """
        if not self:
            raise ArcaError("certificate_missing")
        # Who may ask a service need not be able to read the key.
        own = self.sudo()
        own.ensure_one()
        if problem := own._get_own_problem():
            raise problem
        return own

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
        """Log in and ask each web service something harmless.

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
            self._get_usable()
            told = self._test_services()
        except ArcaError as error:
            raise UserError(self._describe(error.code, error.detail)) from error
        nothing = self.env._("The certificate can be used; nothing asks ARCA with it.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": " ".join(told) or nothing,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _test_services(self):
        """Ask each web service something harmless; who names a service extends this.

        :return: what they answered, a sentence each
        :raises ArcaError: one cannot be asked
        """
        return []

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
            "service_error": self.env._("ARCA's service reported an error."),
            "redirected": self.env._(
                "ARCA's address leads elsewhere, which is not followed: check the "
                "addresses of the certificate."
            ),
        }

    @api.model
    def _get_certificate_error_texts(self):
        return {
            "certificate_missing": self.env._(
                "The company has no ARCA certificate: enter one under Settings > "
                "Accounting > ARCA."
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
                "The certificate may not use this service: in ARCA's Administrador de "
                "Relaciones add it for this computador fiscal, then test again."
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
                "ARCA's service refused the access ticket, and the login gives no "
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
                "certificate; nothing can be asked at ARCA any more after that day."
            ),
            user_id=user.id,
        )
