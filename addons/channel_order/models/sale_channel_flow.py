import time
from functools import partial

from odoo import fields, models

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected
from odoo.addons.channel_base.lib.steps import SliceOver, Step
from odoo.addons.channel_base.models.sale_channel_hint import MAX_WAITING

from ..lib.download import Claimed

# Create and confirm of this many orders takes one to two seconds; larger batches
# are no faster.
PROCESS_LIMIT = 25
# Two calls each; a slice of a few seconds ends with its batch.
ANSWER_LIMIT = 10
# As many invoices are made and posted in one to two seconds.
INVOICE_LIMIT = 25
# Rows whose reasons are looked at again in one transaction
REVIEW_LIMIT = 200
# Hints taken in one transaction
HINT_LIMIT = 500


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[
            ("orders_in", "Orders In"),
            ("orders_answer", "Statuses Out"),
            ("orders_invoice", "Invoices"),
        ],
        ondelete={
            "orders_in": "cascade",
            "orders_answer": "cascade",
            "orders_invoice": "cascade",
        },
    )

    def _get_priority(self):
        return 3 if self.kind == "orders_in" else super()._get_priority()

    def _calls_service(self):
        return self.kind != "orders_invoice" and super()._calls_service()

    def _run_steps(self, run):
        if self.kind == "orders_answer":
            yield from self._answer_steps(run)
            return
        if self.kind == "orders_invoice":
            yield from self._invoice_steps(run)
            return
        if self.kind != "orders_in":
            yield from super()._run_steps(run)
            return
        channel = self.channel_id
        source = channel._get_provider()._get_order_source(channel)
        yield from self._read_steps(run, source, lambda: self._get_state().full_run)
        yield from self._request_steps(run, source)

    def _read_steps(self, run, source, searches=lambda: True):
        """Read the orders: what was announced, what is due, what the search finds.

        Other flows that must know what was bought until now read them as well.

        :param run: ``sale.channel.run`` whose counters the steps raise
        :param source: the provider's ``lib.source.OrderSource``
        :param searches: whether to search, asked when it is time to
        """
        yield from self._hint_steps()
        yield from self._look_steps(run, source)
        # What is due goes first: a search that fails must not keep it waiting.
        yield from self._work_steps(run, source)
        if searches():
            yield from self._search_steps(run, source)

    def _hint_steps(self):
        """Mark what the channel announced as due."""
        receiver = self.env["sale.channel.order.receiver"]
        count, total = HINT_LIMIT, 0
        # A flood must not keep the run here for ever.
        while count == HINT_LIMIT and total < MAX_WAITING:
            reading_at = self._get_state()._get_reading_moment()
            count = self._retry_conflicts(
                receiver._drain_hints, self.channel_id, HINT_LIMIT, reading_at
            )
            total += count
            if total >= MAX_WAITING:
                # More came than was kept: the search finds the rest.
                self._get_state().full_run = True
            yield Step.COMMIT

    def _look_steps(self, run, source):
        """Look up the orders that only a notification has named.

        Anybody may name some. When too many did not exist, the search has to find
        those that do.
        """
        channel, state = self.channel_id, self._get_state()
        receiver = self.env["sale.channel.order.receiver"]
        while looks := receiver._get_looks(channel, PROCESS_LIMIT):
            room = state._get_ghost_room()
            if not room:
                yield from self._search_instead_steps()
                continue
            keys = list(looks)[:room]
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            asked_at = fields.Datetime.now()
            bundles = receiver._download(source, [(key, key, {}) for key in keys])
            ghosts, failed = self._retry_conflicts(
                receiver._store_looks, channel, looks, bundles, asked_at
            )
            if ghosts:
                state._add_ghosts(ghosts)
            if failed:
                # The search makes a row of it, which has its own backoff.
                state.full_run = True
            run._count(call=source.take_calls())
            yield Step.BATCH_END

    def _search_instead_steps(self):
        """Forget what was named; have the search look for it."""
        hints = self.env["sale.channel.hint"].search(
            [("channel_id", "=", self.channel_id.id), ("unproven", "=", True)]
        )
        hints.unlink()
        state = self._get_state()
        state.full_run = True
        pause = state._get_search_pause()
        # No transaction is open while the run waits.
        yield Step.COMMIT
        time.sleep(pause)

    def _search_steps(self, run, source):
        """Walk through what changed on the channel, working on each page."""
        channel, state = self.channel_id, self._get_state()
        scope = self._get_search_scope()
        releaser = self.env["sale.channel.order.releaser"]
        if state.full_run:
            # Nothing that another flow waits for
            self._retry_conflicts(releaser._retry_settled, channel)
            self._retry_conflicts(releaser._retry_found, channel)
        more = True
        while more:
            stored = state.cursor or {}
            position = stored.get("position") if stored.get("scope") == scope else {}
            page = source.search(
                position or {},
                channel.orders_from or fields.Datetime.now(),
                fields.Datetime.now(),
                self.batch_size,
            )
            received = self._retry_conflicts(self._receive_page, page, scope)
            run._count(received=received, call=source.take_calls())
            more = page.more
            yield Step.BATCH_END
            yield from self._work_steps(run, source)

    def _request_steps(self, run, source):
        """Walk through the periods that people asked for."""
        requests = self.env["sale.channel.order.request"]
        domain = [("channel_id", "=", self.channel_id.id), ("done", "=", False)]
        while request := requests.search(domain, order="id", limit=1):
            cursor, since = request._get_position(self._get_search_scope())
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            try:
                page = source.search(
                    cursor, since, fields.Datetime.now(), self.batch_size
                )
            except Rejected as error:
                # What is wrong with the wish must not stop the orders.
                request._end(error)
                yield Step.BATCH_END
                continue
            received = self._retry_conflicts(request._receive_page, page)
            run._count(received=received, call=source.take_calls())
            yield Step.BATCH_END
            yield from self._work_steps(run, source)

    def _get_search_scope(self):
        """What a position in the search belongs to: with another account, environment
        or start date the search begins anew."""
        channel = self.channel_id
        return [
            channel.environment,
            channel._get_credential().account_id or "",
            fields.Datetime.to_string(channel.orders_from) or "",
        ]

    def _receive_page(self, page, scope):
        """Store a page's rows together with the position behind it; how many."""
        receiver = self.env["sale.channel.order.receiver"]
        channel = self.channel_id
        received = receiver._receive(channel, page.references)
        topic = channel._get_provider()._get_search_topic(channel)
        self.env["sale.channel.topic"]._note_unannounced(channel, topic, len(received))
        self._get_state().cursor = {"scope": scope, "position": page.cursor}
        return len(received)

    def _work_steps(self, run, source):
        """Fetch, import and reserve what is due, batch by batch.

        While a batch is imported, the next one is leased already, and fetched by
        threads that touch no record.
        """
        claimed = self._claim_orders()
        if claimed:
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            claimed.begin(source, fields.Datetime.now())
        while claimed:
            following = yield from self._fetch_steps(run, source, claimed)
            try:
                yield from self._import_steps(run, claimed.rows)
                yield Step.BATCH_END
            except SliceOver:
                self._leave(run, source, following)
                raise
            except BaseException:
                following.cancel()
                raise
            claimed = following
            if claimed and not claimed.download.is_here():
                # Whether the flow is still wanted was read.
                yield Step.COMMIT

    def _claim_orders(self):
        """Lease a batch of due rows: a :class:`..lib.download.Claimed`."""
        rows = self.env["sale.channel.order"]._claim(
            [("channel_id", "=", self.channel_id.id)],
            min(self.batch_size, PROCESS_LIMIT),
        )
        leases = {row.id: row._get_lease() for row in rows}
        wanted = self.env["sale.channel.order.receiver"]._get_wanted(rows)
        return Claimed(rows, wanted, leases)

    def _fetch_steps(self, run, source, claimed):
        """Keep what was fetched; have the next batch fetched from now on.

        :return: the next batch
        """
        bundles = claimed.download.wait()
        vain, following = self._retry_conflicts(self._store_and_claim, claimed, bundles)
        calls = source.take_calls()
        run._count(call=calls)
        if vain:
            state = self._get_state()
            state._add_vain_calls(calls * len(vain) // len(bundles))
        yield Step.COMMIT
        following.begin(source, fields.Datetime.now())
        return following

    def _store_and_claim(self, claimed, bundles):
        # First: a claim rolls back what was done before it.
        following = self._claim_orders()
        return self._store_bundles(claimed, bundles), following

    def _store_and_give_back(self, claimed, bundles):
        self._store_bundles(claimed, bundles)
        claimed.get_held()._give_back()

    def _store_bundles(self, claimed, bundles):
        """Keep the bundles of rows that are still leased: while they were fetched, the
        batch before may have settled some, or sent them to be read once more.

        :return: rows that were announced and had not changed
        """
        claimed.rows = claimed.get_held()
        held = set(claimed.rows.ids)
        return self.env["sale.channel.order.receiver"]._store_bundles(
            [(row_id, bundle) for row_id, bundle in bundles if row_id in held],
            claimed.asked_at,
        )

    def _import_steps(self, run, rows):
        """Import and reserve a batch whose bundles are stored."""
        importer = self.env["sale.channel.order.importer"]
        parsed = importer._parse(rows)
        readable = [one.order for one in parsed.values() if one.order]
        yield from self._enrich_steps(readable)
        imported = self._retry_conflicts(importer._import, rows, parsed)
        failed = rows.filtered(lambda r: r.sync_state in ("error", "blocked"))
        run._count(processed=len(rows), failed=len(failed))
        yield Step.COMMIT
        self._retry_conflicts(imported._reserve_stock)

    def _leave(self, run, source, claimed):
        """The slice is over: keep what was fetched of the next batch, which others, or
        the next slice, may take at once."""
        if claimed:
            bundles = claimed.download.wait()
            self._retry_conflicts(self._store_and_give_back, claimed, bundles)
            run._count(call=source.take_calls())

    def _enrich_steps(self, orders):
        """Look up elsewhere what the import of fetched orders will need.

        Addons that ask tax registries extend it: they read, yield so that no
        transaction is open, ask, store, and yield again. Not being able to ask must
        not stop the import.

        :param orders: list of :class:`..lib.schema.Order`
        """
        yield from ()

    def _answer_steps(self, run):
        """Write back what is due, batch by batch."""
        channel, answers = self.channel_id, self.env["sale.channel.order.answer"]
        writer = channel._get_provider()._get_status_writer(channel)
        limit = min(self.batch_size, ANSWER_LIMIT)
        while self.env["sale.channel.lease"]._take(self):
            # The lease, before a conflict of the claim takes it back
            yield Step.COMMIT
            rows = answers._claim([("channel_id", "=", channel.id)], limit, order="id")
            if not rows:
                break
            wanted = rows._get_wanted()
            lookup = self.env["sale.channel.order.lookup"]
            cancelling = partial(lookup._means_cancelled, lookup._open(channel))
            # The intent is committed; no transaction is open during the calls.
            yield Step.COMMIT
            results = {}
            for one in wanted:
                # However long the others took, nobody crosses this one.
                if not self.env["sale.channel.lease"]._take(self):
                    break
                yield Step.COMMIT
                results.update(answers._send(writer, [one], cancelling))
            self._retry_conflicts(rows._store_results, results)
            self.env["sale.channel.lease"]._end(self)
            failed = rows.filtered(lambda row: row.sync_state == "error")
            run._count(
                processed=len(rows), failed=len(failed), call=writer.take_calls()
            )
            yield Step.BATCH_END
            for result in results.values():
                if isinstance(result, AuthRequired):
                    # The other answers would be refused as well.
                    raise result
        self.env["sale.channel.lease"]._end(self)

    def _invoice_steps(self, run):
        """Invoice what is due; a full run also looks at what waits or is held."""
        yield from self._invoice_due_steps(run)
        if self._get_state().full_run:
            yield from self._review_steps(run)
            yield from self._invoice_due_steps(run)

    def _invoice_due_steps(self, run):
        invoices = self.env["sale.channel.order.invoicing"]
        invoicer = self.env["sale.channel.order.invoicer"]
        limit = min(self.batch_size, INVOICE_LIMIT)
        while rows := invoices._claim([("channel_id", "=", self.channel_id.id)], limit):
            # The lease is committed before the orders are locked.
            yield Step.COMMIT
            self._retry_conflicts(invoicer._invoice, rows)
            failed = rows.filtered(lambda row: row.sync_state == "error")
            run._count(processed=len(rows), failed=len(failed))
            yield Step.BATCH_END

    def _review_steps(self, run):
        """The safety net: what an event should have woken, page by page."""
        invoices, state = self.env["sale.channel.order.invoicing"], self._get_state()
        invoicer = self.env["sale.channel.order.invoicer"]
        position = state.cursor or {}
        last = position["reviewed"] if position.get("run") == run.id else 0
        while rows := invoices.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("sync_state", "in", ("waiting", "held")),
                ("id", ">", last),
            ],
            order="id",
            limit=REVIEW_LIMIT,
        ):
            last = rows[-1].id
            self._retry_conflicts(invoicer._review, rows)
            state.cursor = {"run": run.id, "reviewed": last}
            yield Step.BATCH_END
