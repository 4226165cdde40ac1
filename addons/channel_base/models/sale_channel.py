from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

from ..lib.errors import ChannelError
from ..lib.ratelimit import limiter_for, sustained
from ..tools.client import RELOAD, notification, telling
from ..tools.quota import AccountQuota

CATEGORIES = [
    ("platform", "Platform"),
    ("marketplace", "Marketplace"),
    ("integrator", "Integrator"),
    ("hub", "Hub"),
    ("app", "App"),
    ("electronic_order", "Electronic Order"),
    ("distributor", "Distributor"),
]
STATES = [
    ("draft", "Draft"),
    ("trial", "Trial"),
    ("live", "Live"),
    ("paused", "Paused"),
]
RUNNING_STATES, PROVIDER = ("trial", "live"), "sale.channel.provider"


class SaleChannel(models.Model):
    """With ``sudo``: credentials, flows and runs are the server's."""

    _name = "sale.channel"
    _inherit = [
        "sale.channel",
        "mail.thread",
        "mail.activity.mixin",
        "field.guard.mixin",
    ]
    _order = "sequence, name, id"
    # Settings of the layers above name no warehouse or list of another company.
    _check_company_auto = True

    name = fields.Char(tracking=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(index=True)
    channel_type = fields.Selection(string="Provider", index=True, guard="once")
    provider_name = fields.Char(compute="_compute_provider_name")
    category = fields.Selection(CATEGORIES, default="marketplace", required=True)
    state = fields.Selection(
        STATES, default="draft", required=True, copy=False, tracking=True, index=True
    )
    paused_from = fields.Selection(STATES, readonly=True, copy=False, guard="server")
    environment = fields.Selection(
        [("production", "Production"), ("test", "Test")],
        default="production",
        required=True,
        tracking=True,
        help="Which of the channel's credentials is used.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        help="Receives the activities that the channel raises.",
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        default=lambda self: self.env.user.tz or "America/Argentina/Buenos_Aires",
        required=True,
    )
    payload_retention_days = fields.Integer(
        "Keep Raw Data (days)",
        default=90,
        help="What the channel sent holds personal data; it is deleted after this "
        "many days. 0 keeps it.",
    )
    flow_ids = fields.One2many(
        "sale.channel.flow",
        "channel_id",
        "Flows",
        copy=False,
        groups="channel_base.group_channel_user",
    )
    credential_ids = fields.One2many(
        "sale.channel.credential",
        "channel_id",
        "Credentials",
        copy=False,
        groups="base.group_system",
    )
    mapping_ids = fields.One2many(
        "sale.channel.mapping",
        "channel_id",
        "De-para",
        copy=False,
        groups="channel_base.group_channel_user",
    )
    quota_ids = fields.One2many(
        "sale.channel.quota", "channel_id", groups="channel_base.group_channel_user"
    )
    run_ids = fields.One2many(
        "sale.channel.run", "channel_id", groups="channel_base.group_channel_user"
    )

    topic_ids = fields.One2many(
        "sale.channel.topic",
        "channel_id",
        "Notifications",
        groups="channel_base.group_channel_user",
    )

    connection_state = fields.Selection(
        [
            ("none", "Not connected"),
            ("connected", "Connected"),
            ("reauthorise", "Needs reauthorisation"),
        ],
        compute="_compute_connection_state",
    )
    account_name = fields.Char(compute="_compute_connection_state")
    needs_connection = fields.Boolean(compute="_compute_connection_state")
    notice = fields.Text(
        compute="_compute_notice",
        groups="channel_base.group_channel_user",
        help="What keeps the channel from working as it should.",
    )
    notification_url = fields.Char(
        "Notification Address",
        compute="_compute_notification_url",
        help="Where the channel sends its notifications.",
    )
    notification_help = fields.Text(compute="_compute_notification_url")
    account_conflict = fields.Char(
        compute="_compute_account_conflict",
        help="Which other channel imports the same orders.",
    )
    review_count = fields.Integer(
        "To Review",
        compute="_compute_counts",
        groups="channel_base.group_channel_user",
    )
    failed_count = fields.Integer(
        "Failed",
        compute="_compute_counts",
        groups="channel_base.group_channel_user",
    )
    waiting_count = fields.Integer(
        "Waiting",
        compute="_compute_counts",
        groups="channel_base.group_channel_user",
    )
    unmapped_count = fields.Integer(
        "Unmapped",
        compute="_compute_counts",
        groups="channel_base.group_channel_user",
    )

    lag_minutes = fields.Integer(
        "Behind (minutes)",
        compute="_compute_lag",
        groups="channel_base.group_channel_user",
    )
    lag_text = fields.Char(
        "Delay", compute="_compute_lag", groups="channel_base.group_channel_user"
    )
    usual_delay_text = fields.Char(
        "Usual Delay",
        compute="_compute_usual_delay_text",
        groups="channel_base.group_channel_user",
        help="From the change on the channel to the import, half of the last day's "
        "rows took less.",
    )

    _payload_retention_positive = models.Constraint(
        "CHECK (payload_retention_days >= 0)",
        "The number of days to keep raw data cannot be negative.",
    )

    @api.depends("channel_type", "credential_ids.state", "environment")
    def _compute_connection_state(self):
        for channel in self:
            credential = channel.sudo()._get_credential()
            channel.connection_state = credential.state or "none"
            channel.account_name = credential.account_name
            needed = channel._get_provider()._get_credential_defaults(channel)
            channel.needs_connection = needed is not None

    @api.depends("channel_type")
    @api.depends_context("lang")
    def _compute_provider_name(self):
        labels = dict(self._fields["channel_type"]._description_selection(self.env))
        for channel in self:
            name = labels.get(channel.channel_type)
            channel.provider_name = name or self.env._("Channel")

    @api.depends("channel_type")
    @api.depends_context("lang")
    def _compute_notification_url(self):
        for channel in self:
            text = channel._get_provider()._get_notification_help(channel)
            channel.notification_help = text
            channel.notification_url = text and channel._get_route("notifications")

    def _get_route(self, name):
        """Address of this server for the channel's service, as it is registered
        there: ``callback`` or ``notifications``."""
        self.ensure_one()
        return f"{self.get_base_url()}/channel/{self.channel_type}/{name}"

    @api.depends_context("lang")
    def _compute_notice(self):
        watcher = self.env["sale.channel.connection.watcher"]
        ahead = self.env["sale.channel.flow.state"]._find_ahead().flow_id.channel_id
        for channel in self:
            notices = watcher._get_notices(channel._get_credential())
            if channel in ahead:
                notices.append(
                    self.env._(
                        "The server's clock was ahead when the flows last ran. Press "
                        "“Run now” if they do not go on by themselves."
                    )
                )
            channel.notice = "\n".join(notices)

    @api.depends("credential_ids.account_claim")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_account_conflict(self):
        describe = self.env["sale.channel.account"]._describe_conflict
        for channel in self:
            channel.account_conflict = describe(channel)

    @api.depends("flow_ids.enabled", "flow_ids.state_ids", "state")
    @api.depends_context("lang")
    def _compute_lag(self):
        lags = self.env["sale.channel.lag"]
        minutes = lags._measure(self)
        for channel in self:
            channel.lag_minutes = minutes.get(channel.id, 0)
            channel.lag_text = lags._format(minutes.get(channel.id))

    @api.depends_context("lang")
    def _compute_usual_delay_text(self):
        lags = self.env["sale.channel.lag"]
        delays = lags._get_usual_delays(self)
        for channel in self:
            channel.usual_delay_text = lags._format_usual(delays.get(channel.id))

    @api.depends("mapping_ids.is_mapped")
    def _compute_counts(self):
        unmapped = dict(
            self.env["sale.channel.mapping"]._read_group(
                [("channel_id", "in", self.ids), ("is_mapped", "=", False)],
                ["channel_id"],
                ["__count"],
            )
        )
        by_state = self._count_sync_rows()
        for channel in self:
            channel.unmapped_count = unmapped.get(channel, 0)
            channel.failed_count = by_state.get((channel.id, "error"), 0)
            channel.waiting_count = by_state.get(
                (channel.id, "pending"), 0
            ) + by_state.get((channel.id, "blocked"), 0)
            channel.review_count = 0

    def _count_sync_rows(self):
        counts = {}
        for model in self._get_sync_models():
            for key, count in self.env[model]._count_open(self).items():
                counts[key] = counts.get(key, 0) + count
        return counts

    @api.model
    def _get_sync_models(self):
        """Names of the models that hold the channel's sync rows."""
        return []

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        for channel in channels:
            channel._ensure_flows()
        self.env["sale.channel.credential"]._ensure(channels)
        return channels

    def write(self, vals):
        if "company_id" in vals:
            self._check_company_may_change(vals["company_id"])
        accounts = self.env["sale.channel.account"]
        credentials = self.env["sale.channel.credential"].sudo()
        if "channel_type" in vals:
            credentials = self.sudo().credential_ids
        claims = accounts._get_claims(credentials)
        result = super().write(vals)
        if "channel_type" in vals:
            accounts._follow_claims(credentials, *claims)
            for channel in self:
                channel._ensure_flows()
        if {"channel_type", "environment"} & vals.keys():
            self.env["sale.channel.credential"]._ensure(self)
        if vals.get("state") in RUNNING_STATES:
            self._wake_flows()
        return result

    def _check_company_may_change(self, company_id):
        """:raises UserError: its orders and buyers would change company with it"""
        for channel in self.filtered("company_id"):
            known = channel.sudo()
            used = known.run_ids or any(known.credential_ids.mapped("account_id"))
            if used and channel.company_id.id != company_id:
                raise UserError(
                    self.env._(
                        "%(channel)s has worked for %(company)s and stays there: make "
                        "another channel.",
                        channel=channel.name,
                        company=channel.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.sudo().run_ids:
            raise UserError(
                self.env._("A channel that has worked is archived, not deleted.")
            )

    def unlink(self):
        # The database's cascade would leave the scheduled actions behind, and not tell
        # who shares an account.
        self.sudo().flow_ids.unlink()
        self.sudo().credential_ids.unlink()
        return super().unlink()

    @api.model
    def _find_provider(self, channel_type):
        """The provider of a type; None when there is none.

        :param channel_type: maybe untrusted
        """
        name = f"{PROVIDER}.{channel_type}"
        known = channel_type in self._fields["channel_type"].get_values(self.env)
        return self.env[name] if known and name in self.env else None

    def _get_provider(self):
        """The channel's provider; the one that knows nothing, when it has none."""
        provider = self._find_provider(self.channel_type)
        return self.env[PROVIDER] if provider is None else provider

    def _get_flow_specs(self):
        """What the channel can do: flow kind → :class:`FlowSpec`. Addons add the flows
        that need nothing of the provider."""
        self.ensure_one()
        return dict(self._get_provider()._get_flow_specs(self))

    def _get_credential(self):
        """The credential of the environment in use (sudo), or an empty one."""
        self.ensure_one()
        return (
            self.sudo()
            .with_context(active_test=False)
            .credential_ids.filtered(lambda c: c.environment == self.environment)[:1]
        )

    def _get_limiter(self):
        """The rate limit of the account, which all processes share."""
        self.ensure_one()
        quota = AccountQuota(self.env.cr.dbname, self.id, self.environment)
        calls = self._get_provider()._get_calls_per_minute(self)
        return limiter_for(quota, sustained(calls), quota)

    def _ensure_flows(self):
        """Create the rows of the flows that the provider supports."""
        self.ensure_one()
        present = set(self.sudo().flow_ids.mapped("kind"))
        self.env["sale.channel.flow"].sudo().create(
            [
                self._prepare_flow(kind, spec)
                for kind, spec in self._get_flow_specs().items()
                if kind not in present
            ]
        )

    def _prepare_flow(self, kind, spec):
        """Values of a new flow, as its :class:`FlowSpec` proposes."""
        return {
            "channel_id": self.id,
            "kind": kind,
            "interval_minutes": spec.interval,
            "batch_size": spec.batch,
        }

    def _wake_flows(self, kinds=None):
        """Let the enabled flows of the channels look for work now."""
        self.sudo().flow_ids.filtered(
            lambda flow: flow.enabled and (kinds is None or flow.kind in kinds)
        )._request_run()

    def _alert(self, summary, note=""):
        """One open activity for the responsible per channel and kind of trouble.

        :param summary: names the trouble; while an activity with it is open, no other
            is made. In the responsible's language: see :meth:`_for_responsible`
        :param note: text, whatever it holds: it may come from outside
        """
        for channel in self:
            if summary in channel.activity_ids.mapped("summary"):
                continue
            channel.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=summary,
                note=Markup("<p>%s</p>") % Markup("<br/>").join(note.splitlines()),
                user_id=(channel.user_id or self.env.user).id,
            )

    def _calm(self, summary):
        """End the activity of a trouble that is over; see :meth:`_alert`."""
        open_ = self.sudo().activity_ids.filtered(lambda one: one.summary == summary)
        open_.action_feedback(self.env._("It is over."))

    def _for_responsible(self):
        """The channel in the language of who reads its activities."""
        self.ensure_one()
        return self.with_context(lang=(self.user_id or self.env.user).lang)

    def action_connect(self):
        """Connect the account of the credential in use; an action to follow."""
        self.ensure_one()
        self._get_credential().sudo(False).check_access("write")
        with telling(self.env):
            return self._get_provider()._start_connection(self)

    def action_test_connection(self):
        """Try the credentials and tell the result."""
        self.ensure_one()
        self.check_access("write")
        try:
            message = self._get_provider()._check_connection(self)
            kind = "success"
        except ChannelError as error:
            message = self.env["sale.channel.text"]._describe(error)
            kind = "danger"
        sticky = kind == "danger"
        return notification(message, kind, RELOAD, title=self.name, sticky=sticky)

    def action_run_now(self):
        """Run every enabled flow as soon as a scheduler is free."""
        self.check_access("write")
        stopped = self.filtered(lambda channel: channel.state not in RUNNING_STATES)
        if stopped:
            raise UserError(
                self.env._(
                    "%(channels)s is not running: set it to trial or live first.",
                    channels=", ".join(stopped.mapped("name")),
                )
            )
        flows = self.flow_ids.filtered("enabled")
        if not flows:
            raise UserError(self.env._("Enable a flow first."))
        flows.action_run_now()
        return notification(self.env._("The flows start within a minute."))

    def action_pause(self):
        for channel in self:
            channel.sudo().paused_from = channel.state
            channel.state = "paused"

    def action_resume(self):
        """Go on in the state before the pause."""
        for channel in self:
            channel.state = channel.paused_from or "trial"

    def action_start_trial(self):
        self.write({"state": "trial"})

    def action_go_live(self):
        self.write({"state": "live"})

    def action_open_rows(self):
        """Open the rows behind a counter of the card (context ``rows``)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        action["context"] = {"default_channel_id": self.id}
        if self.env.context.get("rows") == "unmapped":
            action["context"]["search_default_unmapped"] = 1
        return action

    def action_open_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_run_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        return action
