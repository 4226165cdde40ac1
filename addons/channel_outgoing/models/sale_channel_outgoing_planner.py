import logging
from datetime import datetime
from functools import partial
from itertools import chain
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.bisect import bisect
from odoo.addons.channel_base.tools.conflicts import CONFLICTS

from ..lib.content import Noted, Translator, Wanted, find_changes
from ..tools.products import PRODUCT, TEMPLATE, find_link

_logger = logging.getLogger(__name__)

# Records of a page whose planning fails one by one; with more it is not theirs.
GUILTY_LIMIT = 100
NOTED_FIELDS = [
    "kind",
    "res_id",
    "operation",
    "wanted_hash",
    "content_hash",
    "sync_state",
    "name",
    "external_id",
    "attempts",
    "error_code",
    "error_params",
]


class SaleChannelOutgoingPlanner(models.AbstractModel):
    """Finds what a channel has to be told of a family; writes nothing.

    An heir says what there is and what the channel shall have of it; its rows are
    those of ``_outgoing_model``, and it listens for changes of ``_outgoing_scopes``.

    With ``sudo``: the plan is the same whoever made the change.
    """

    _name = "sale.channel.outgoing.planner"
    _description = "Plan of What Goes Out to a Sales Channel"

    _outgoing_model = None
    _outgoing_scopes = frozenset()

    @api.model
    def _get_parts(self):
        """The :class:`..lib.part.Part` of a full run, in order."""
        raise NotImplementedError(self._name)

    @api.model
    def _get_wanted(self, channel, part, ids):
        """What the channel shall have.

        :param ids: of the records of a page; None for a part without pages
        :return: dict of kind and id → ``lib.content.Wanted``, or ``Refused`` with the
            reason why it cannot go out
        """
        raise NotImplementedError(self._name)

    @api.model
    def _get_ids(self, channel, part, last):
        """The next records of a part with pages.

        :param last: the id that the page begins behind
        :return: at most ``part.page`` ids, in order
        """
        raise NotImplementedError(self._name)

    @api.model
    def _expand(self, channel, taken):
        """What changes concern that can be planned at once.

        :param taken: dict scope → set of ids, texts or False
        :return: dict name of a part → ids, None for a part without pages
        """
        raise NotImplementedError(self._name)

    @api.model
    def _spread(self, flow, taken):
        """Mark the records, one by one, that changes of settings concern.

        A setting can have very many; marked they are planned in slices.

        :param taken: see :meth:`_expand`
        """

    @api.model
    def _prepare(self, channel, part, ids):
        """Make the records that a part needs, in the transaction that plans it.

        A dry run rolls it back.

        :param ids: of the records of a page; None for a part without pages
        :return: only what was made: dict name of a later part → its ids
        """
        return {}

    @api.model
    def _get_skipped(self, channel, part, ids):
        """What people may expect of a part and does not go out, for the dry run.

        What names a row that is not in the trial list need not be among it.

        :param ids: see :meth:`_prepare`
        :return: list of the record's name, its id, a code of ``sale.channel.text`` and
            its parameters
        """
        return []

    @api.model
    def _count_records(self, channel, part):
        """About how many records a part with pages has, to tell how far a run is."""
        return 0

    @api.model
    def _get_tried(self, channel, kind, ids, products):
        """Those of the records of a kind that go out in a trial of some products.

        By default records of another model than products, and without a product, are
        no matter of the trial.

        :param products: ``product.product``
        :return: set of ids
        """
        records = self.env[self._get_rows()._outgoing_family[kind].model].sudo()
        records = records.with_context(active_test=False)
        for model, tried in (
            (PRODUCT, products),
            (TEMPLATE, products.sudo().product_tmpl_id),
        ):
            if link := find_link(records, model):
                domain = [("id", "in", list(ids)), (link, "in", tried.ids)]
                return set(records.search(domain).ids)
        return set(ids)

    @api.model
    def _plan(self, channel):
        """All that differs between Odoo and what the channel was told.

        :return: generator of ``lib.content.Change``
        """
        return chain.from_iterable(self._plan_pages(channel))

    @api.model
    def _plan_pages(self, channel):
        """The same, as a list for each page, however few differ there."""
        for part in self._get_parts():
            if not part.page:
                yield self._plan_part(channel, part)
                continue
            last = 0
            while ids := self._get_page(channel, part, last):
                plan = partial(self._plan_part, channel, part)
                found = self._bisect(part, ids, plan, lambda _record, _error: [])
                yield list(chain.from_iterable(found))
                # However many pages there are, memory holds one.
                self.env.invalidate_all()
                last = ids[-1]

    @api.model
    def _bisect(self, part, ids, plan, keep):
        """Plan records, without those that cannot be planned.

        :param plan: called with ids
        :param keep: called with the id of one that cannot be planned, and the error
        :return: list of the results of both
        :raises Exception: of a failure that many of them have
        """
        guilty = []

        def work(some):
            # An error of the database ends no more than this.
            with self.env.cr.savepoint():
                return plan(some)

        def give_up(one, error):
            guilty.append(one[0])
            if len(guilty) > GUILTY_LIMIT:
                raise error
            _logger.exception("%s %s cannot be planned", part.name, one[0])
            return keep(one[0], error)

        return bisect(ids, work, give_up, passing=CONFLICTS)

    @api.model
    def _plan_part(self, channel, part, ids=None):
        """What differs of a part, or of some of its records.

        :param ids: at most ``part.page``; of those that are not there any more what the
            channel was told is taken back
        :return: list of ``lib.content.Change``
        """
        return self._get_plan(channel, part, ids)[0]

    @api.model
    def _get_plan(self, channel, part, ids):
        """As :meth:`_plan_part`, and what differs of records that a trial leaves out.

        :return: two lists of ``lib.content.Change``
        """
        planner = self.sudo().with_company(channel.company_id)
        domain = Domain("kind", "in", part.kinds)
        if part.page:
            domain &= Domain("res_id", "in", ids)
        wanted = planner._get_wanted(channel, part, ids)
        noted = planner._get_noted(channel, domain)
        untried = planner._get_untried(channel, {*wanted, *noted})
        if not untried:
            return planner._find_changes(channel, wanted, noted), []
        return tuple(
            planner._find_changes(
                channel,
                {key: wanted[key] for key in wanted if (key in untried) is out},
                {key: noted[key] for key in noted if (key in untried) is out},
            )
            for out in (False, True)
        )

    @api.model
    def _find_changes(self, channel, wanted, noted):
        rows = self._get_rows()
        family = rows._outgoing_family
        named = {
            pair
            for (code, _record), item in wanted.items()
            if isinstance(item, Wanted)
            for pair in family[code].get_named(item.content)
        }
        translator = Translator(rows._get_external_ids(channel, named))
        return list(find_changes(family, wanted, noted, translator))

    @api.model
    def _get_untried(self, channel, keys):
        """Those of some records that a trial with other products leaves out.

        :param keys: pairs of a kind's code and an id
        """
        products = channel._get_trial_products()
        if products is None:
            return set()
        ids = {}
        for kind, record in keys:
            ids.setdefault(kind, set()).add(record)
        return {
            (kind, record)
            for kind, records in ids.items()
            for record in records - self._get_tried(channel, kind, records, products)
        }

    @api.model
    def _get_rows(self):
        return self.env[self._outgoing_model]

    @api.model
    def _get_page(self, channel, part, last):
        """The next records that are there or that the channel was told of.

        :param last: the id that the page begins behind
        :return: ids in order, at most ``part.page``
        """
        planner = self.sudo().with_company(channel.company_id)
        told = planner._get_rows().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", part.kinds),
                ("res_id", ">", last),
            ],
            ["res_id"],
            order="res_id",
            limit=part.page,
        )
        known = planner._get_ids(channel, part, last)
        return sorted({*known, *told.mapped("res_id")})[: part.page]

    @api.model
    def _get_noted(self, channel, domain):
        """The channel's rows of a domain, by kind and id of the record."""
        # Columns, not records: with a thousand rows those take most of the time.
        rows = self._get_rows()
        query = rows._search(domain & Domain("channel_id", "=", channel.id))
        found = self.env.execute_query(
            query.select(*(rows._field_to_sql(rows._table, f) for f in NOTED_FIELDS))
        )
        return {
            (kind, record): self._read_noted(*values) for kind, record, *values in found
        }

    @api.model
    def _read_noted(self, operation, wanted_hash, sent_hash, state, name, *unplanned):
        """:param unplanned: the other columns; they are of what cannot be planned"""
        done = state == "done"
        if wanted_hash is not None:
            return Noted(operation, wanted_hash, sent_hash, done, name)
        external_id, attempts, code, params = unplanned
        untold = state == "error" and not attempts
        untold = untold and sent_hash is None and external_id is None
        why = code, params or {}
        return Noted(operation, None, sent_hash, done, name, why, untold)

    @api.model
    def _get_today(self, channel):
        """The day on the channel."""
        return datetime.now(ZoneInfo(channel.tz)).date()
