from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib import trial


class SaleChannel(models.Model):
    """With ``sudo``: the codes of a trial stand for all products that may be sold
    there."""

    _inherit = "sale.channel"

    has_outgoing = fields.Boolean(
        compute="_compute_has_outgoing",
        compute_sudo=True,
        help="Something can go out to the channel.",
    )

    trial_codes = fields.Text(
        "Trial Products",
        tracking=True,
        copy=False,
        help="EANs or SKUs, separated by commas or lines. While there are some, "
        "nothing goes out of other products, and the channel cannot go live. What went "
        "out of others before stays on the channel as it is.",
    )
    trial_text = fields.Text(
        "Trial Is Limited To",
        compute="_compute_trial_text",
        groups="channel_base.group_channel_user",
    )
    trial_notice = fields.Text(
        compute="_compute_trial_text", groups="channel_base.group_channel_user"
    )

    @api.depends("flow_ids.kind")
    def _compute_has_outgoing(self):
        for channel in self:
            channel.has_outgoing = any(channel.flow_ids.mapped("outgoing"))

    def _prepare_flow(self, kind, spec):
        return {**super()._prepare_flow(kind, spec), "stale_minutes": spec.stale}

    @api.model
    def _get_sync_models(self):
        families = self.env["sale.channel.outgoing"]._get_families()
        return [*super()._get_sync_models(), *families]

    def write(self, vals):
        before = {channel: trial.parse_codes(channel.trial_codes) for channel in self}
        result = super().write(vals)
        for channel, codes in before.items():
            if codes != trial.parse_codes(channel.trial_codes):
                channel._release_untried()
        if vals.get("active"):
            # What changed while they were archived left no mark.
            flows = self.sudo().flow_ids
            flows.filtered(lambda flow: flow.enabled and flow.outgoing)._request_run()
        return result

    @api.depends("trial_codes", "company_id")
    @api.depends_context("lang")
    def _compute_trial_text(self):
        for channel in self:
            found = channel._match_trial_codes()
            products = self.env["product.product"].sudo()
            names = products.browse(sorted(found.products)).mapped("display_name")
            channel.trial_text = ", ".join(names)
            notices = []
            if found.unknown:
                notices.append(
                    self.env._(
                        "No product has this EAN or SKU: %(codes)s",
                        codes=", ".join(found.unknown),
                    )
                )
            for code, ids in found.ambiguous.items():
                names = products.browse(ids).mapped("display_name")
                notices.append(
                    self.env._(
                        "%(code)s stands for several products, of which none is "
                        "tried: %(names)s",
                        code=code,
                        names=", ".join(names),
                    )
                )
            channel.trial_notice = "\n".join(notices)

    def _match_trial_codes(self):
        """What the codes of the trial mean: ``lib.trial.Match``."""
        self.ensure_one()
        codes = trial.parse_codes(self.trial_codes)
        if not codes:
            return trial.match((), ())
        spellings = trial.get_spellings(codes)
        products = (
            self.env["product.product"]
            .sudo()
            .search_fetch(
                Domain("company_id", "in", [False, self.company_id.id])
                & (
                    Domain("barcode", "in", spellings)
                    | Domain("default_code", "in", spellings)
                ),
                ["barcode", "default_code"],
                order="id",
            )
        )
        known = [(one.id, (one.barcode, one.default_code)) for one in products]
        return trial.match(codes, known)

    def _get_trial_products(self):
        """The only products of which something goes out; None without a trial list.

        :return: ``product.product``, maybe none at all
        """
        self.ensure_one()
        if not trial.parse_codes(self.trial_codes):
            return None
        found = self._match_trial_codes()
        return self.env["product.product"].browse(sorted(found.products))

    @api.constrains("state", "trial_codes")
    def _check_trial(self):
        for channel in self:
            if channel.state == "live" and trial.parse_codes(channel.trial_codes):
                raise ValidationError(
                    self.env._(
                        "%(channel)s is limited to trial products: empty the list "
                        "before it goes live. A live channel goes back to trial "
                        "before it gets such a list.",
                        channel=channel.name,
                    )
                )

    def _release_untried(self):
        """Look at everything again, and let go what waited for the end of the trial."""
        flows = self.sudo().flow_ids.filtered("outgoing")
        queue = self.env["sale.channel.outgoing.queue"]
        for flow in flows:
            queue._release_held(flow._get_outgoing(), self)
        flows.filtered("enabled")._request_run()

    def action_dry_run(self):
        """Show what would be sent by all that goes out."""
        self.ensure_one()
        return self.env["sale.channel.dry.run"]._open(self)

    def action_open_outgoing(self):
        """Open all that was sent to the channel, and what waits."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_outgoing_action"
        )
        return {**action, "domain": [("channel_id", "=", self.id)]}
