from datetime import timedelta

from odoo import fields, models

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.steps import Step

from ..lib import notifications
from ..lib.account import read_seller
from ..lib.categories import fetch_category, fetch_charts

# How often to look again at an account that may not list
ACCOUNT_MINUTES = 30


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[
            ("missed_feeds", "Missed Notifications"),
            ("categories_in", "Categories"),
        ],
        ondelete={"missed_feeds": "cascade", "categories_in": "cascade"},
    )

    def _confirm(self):
        """What goes out needs to know what its categories ask for."""
        result = super()._confirm()
        if self.kind == "listings_out":
            reading = self.channel_id.flow_ids.filtered(
                lambda flow: flow.kind == "categories_in" and not flow.enabled
            )
            reading.enabled = True
        return result

    def _run_steps(self, run):
        if self.kind == "missed_feeds":
            yield from self._missed_steps(run)
            return
        if self.kind == "categories_in":
            yield from self._category_steps(run)
            return
        if self._checks_account():
            yield from self._account_steps(run)
        yield from super()._run_steps(run)

    def _checks_account(self):
        """Whether the run begins with a look at what the account may do."""
        if self.kind != "listings_in" or (
            self.channel_id.channel_type != "mercadolibre"
        ):
            return False
        return self._get_state().full_run or bool(self._get_account_moment())

    def _get_account_moment(self):
        """When to look again at an account that may not list; None while it may."""
        if self.kind != "listings_in" or not self.channel_id.mercadolibre_obstacles:
            return None
        last = self._get_state().last_success_at
        return last and last + timedelta(minutes=ACCOUNT_MINUTES)

    def _has_work(self):
        moment = self._get_account_moment()
        if moment and moment <= fields.Datetime.now():
            return True
        return super()._has_work()

    def _get_rows_due(self):
        moment = self._get_account_moment()
        return [*super()._get_rows_due(), *([moment] if moment else [])]

    def _account_steps(self, run):
        channel = self.channel_id
        client = channel._get_provider()._get_client(channel)
        # No transaction is open while the network is awaited.
        yield Step.COMMIT
        seller = read_seller(client.me().body)
        self._retry_conflicts(channel._note_seller, seller)
        run._count(call=client.take_calls())
        yield Step.COMMIT

    def _missed_steps(self, run):
        """Ask for the notifications that did not arrive, and keep them as hints."""
        channel = self.channel_id
        credential = channel._get_credential()
        client = channel._get_provider()._get_client(channel)
        application, account = credential.client_id, credential.account_id
        known = set((self._get_state().cursor or {}).get("ids", []))
        site, topics = channel.mercadolibre_site, notifications.ORDER_TOPICS
        if channel.flow_ids.filtered(lambda f: f.kind == "listings_in").enabled:
            topics += notifications.LISTING_TOPICS
        # No transaction is open while the network is awaited.
        yield Step.COMMIT
        found, ids = notifications.read_missed(
            client, application, account, known, site, topics
        )
        hints = self.env["sale.channel.hint"]
        kept = [hints._record(channel.id, hint, source="missed") for hint in found]
        self._get_state().cursor = {"ids": ids}
        run._count(received=len(found), processed=sum(kept), call=client.take_calls())
        yield Step.BATCH_END

    def _category_steps(self, run):
        """Read what the categories in use ask for, then the account's size charts."""
        channel = self.channel_id
        categories = self.env["mercadolibre.category"]
        client = channel._get_provider()._get_client(channel)
        codes = categories._get_due(channel)
        for code in codes:
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            try:
                details = fetch_category(client, code)
            except Rejected as error:
                self._retry_conflicts(categories._note_problem, code, error.code)
                run._count(failed=1, call=client.take_calls())
            else:
                self._retry_conflicts(categories._store, details)
                run._count(processed=1, call=client.take_calls())
            yield Step.BATCH_END
        if codes or self._get_state().full_run:
            yield from self._chart_steps(run, client)

    def _chart_steps(self, run, client):
        channel, charts = self.channel_id, self.env["mercadolibre.chart"]
        seller, site = channel._get_credential().account_id, channel.mercadolibre_site
        for domain in charts._get_domains(channel):
            yield Step.COMMIT
            found = fetch_charts(client, site, seller, domain)
            self._retry_conflicts(charts._store, channel, domain, found)
            run._count(processed=len(found), call=client.take_calls())
            yield Step.BATCH_END
