from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_outgoing.lib.sending import Entry, Outcome
from odoo.addons.channel_outgoing.lib.writer import UNREAD, Found, Target

from ..lib.contents import STOCK, parse_levels
from ..lib.stock import STOCK_KEPT, is_explained, lower

# How soon to look again whether the orders can be read, and how late at most
HELD_SECONDS = 60
HELD_MOST = 30 * 60
# Longer than a channel's search may lag behind its orders
DOUBT_SECONDS = 10 * 60
# Reasons of rows that wait for the orders
BEHIND = "stock_orders_behind"
HELD = (BEHIND, "stock_orders_failing", "stock_orders_off")
DOUBTED = "stock_doubted"


class SaleChannelListingStock(models.Model):
    """How much of a listing a channel shall offer.

    The columns, and the fingerprint of what was sent, are what buyers may buy. What the
    channel was told is ``taken``: a *physical* one keeps besides what its orders have
    reserved. It is computed when it is sent, after the orders were read.

    With ``sudo``: rows of the outbox, and what they note on listings, are the server's.
    """

    _name = "sale.channel.listing.stock"
    _inherit = "sale.channel.outgoing.mixin"
    _description = "How much of a listing a channel shall offer"

    _outgoing_family = STOCK
    _outgoing_flow = "stock_out"
    _outgoing_planner = "sale.channel.listing.stock.planner"

    item = fields.Char("External ID of Stock", readonly=True)
    quantity = fields.Float("Offered", readonly=True)
    levels = fields.Char("Offered by Location", readonly=True)
    taken = fields.Char("Told", readonly=True)
    doubt = fields.Char(
        readonly=True,
        help="What was found there and no order explains; it counts when it is still "
        "there later.",
    )
    doubted_at = fields.Datetime(readonly=True, help="Since when it is in doubt.")
    lowered = fields.Char(
        readonly=True,
        help="Why less is sent than may be offered: the orders could not be read.",
    )

    @api.model
    def _selection_kind(self):
        return [("stock", self.env._("Stock"))]

    @api.model
    def _get_writer(self, channel):
        return channel._get_provider()._get_stock_writer(channel)

    @api.model
    def _get_dry_run_action(self, kind, action, before, after):
        if before and before.get("quantity") and not after.get("quantity"):
            return "unavailable"
        return super()._get_dry_run_action(kind, action, before, after)

    def _refresh(self, found, reservations, obstacle, run):
        """Compute what claimed rows are told, in one snapshot; settle or put off what
        is not to be written.

        :param found: dict reference → ``Found`` of what the channel has; None when it
            was not read
        :param reservations: dict item → list of ``lib.stock.Reservation``
        :param obstacle: code of the reason why the orders could not be read, or None
        :return: the rows to write, and their entries
        """
        rows = self._leave_kept(found or {})
        rows -= rows._put_off_unread(found or {})
        channel = rows.channel_id
        planner = self.env[self._outgoing_planner].sudo()
        planner = planner.with_company(channel.company_id)
        sent = planner._get_sent(channel, rows.mapped("res_id"))
        offers = planner._get_offers(channel, sent, reservations)
        known = {listing.id: listing for listing in sent}
        if not obstacle and self.env["sale.channel.order.receiver"]._has_unread(
            channel
        ):
            obstacle = BEHIND
        if found:
            rows.filtered("doubt")._drop_explained(found)
        entries = {}
        for row in rows.filtered(lambda row: row.res_id in known):
            listing = known[row.res_id]
            offered, told = offers[listing]
            kept = reservations.get(planner._get_item(listing), ())
            told = {**row._get_dropped(offered, found, kept), **told}
            try:
                offered, told = (
                    planner._get_content(listing, levels) for levels in (offered, told)
                )
            except Rejected as error:
                row._mark_failed(error)
                continue
            row._update_offer(offered)
            content = row._choose(told, found, obstacle, run)
            if content is not None:
                target = Target(row.reference, row.external_id)
                entries[row.reference] = Entry(target, content, None)
        # What is not synchronised any more is left as it is.
        rows.filtered(lambda row: row.res_id not in known).unlink()
        return rows.exists().filtered(lambda row: row.reference in entries), entries

    def _get_dropped(self, offered, found=None, reservations=()):
        """Locations that the channel was told of, and that no warehouse is at any
        more: none of it is sold there.

        :param offered: levels of those that have one
        :param found: see :meth:`_refresh`; what is not kept there needs no telling
        :param reservations: those of the item
        :return: levels to tell, once
        """
        gone = {place for place, n in self._get_taken().items() if n and place}
        gone -= set(offered)
        if gone and found is not None and self.reference in found:
            gone &= self._parse_levels(found[self.reference].content).keys()
        planner = self.env[self._outgoing_planner]
        return planner._close(dict.fromkeys(gone, 0.0), reservations)

    def _update_offer(self, offered):
        signature = self._get_kind().sign(offered)
        if signature != self.wanted_hash or self.external_id != offered["item"]:
            self.write(
                {
                    **offered,
                    "wanted_hash": signature,
                    "external_id": offered["item"],
                }
            )

    def _choose(self, told, found, obstacle, run):
        """What to write for the row; None if it is settled or put off.

        :param told: the content that the channel has to be told
        """
        if found is None:
            if obstacle:
                self._hold(obstacle)
            return None if obstacle else told
        there = found.get(self.reference)
        if there is None:
            self._mark_failed(Rejected("stock_item_gone"))
            return None
        wanted, have = self._parse_levels(told), self._parse_levels(there.content)
        if all(have.get(place) == number for place, number in wanted.items()):
            self._store_sent(told, self.external_id)
            return None
        if self._is_doubted_still(there.content, run):
            taken = self._get_taken()
            if not any(n < taken.get(place, n) for place, n in wanted.items()):
                self._put_off_doubted()
                return None
            # What is not there any more is not offered meanwhile.
            obstacle = obstacle or DOUBTED
        if not obstacle:
            return told
        lowered = lower(wanted, have)
        if lowered is None:
            self._hold(obstacle)
            return None
        self.lowered = obstacle
        return self.env[self._outgoing_planner]._prepare_levels(told["item"], lowered)

    @api.model
    def _parse_levels(self, content):
        """Levels of a content; what has no limit is absent."""
        if content.get("levels"):
            return {k: float(v) for k, v in parse_levels(content["levels"]).items()}
        quantity = content.get("quantity")
        return {} if quantity is None else {"": float(quantity)}

    def _get_taken(self):
        """Levels that the channel was told the last time."""
        return self._parse_levels(self._get_kind().parse(self.taken) or {})

    def _put_off(self, code, seconds):
        """Look again later, which is no attempt."""
        if self.sync_state != "pending":
            self.waiting_since = fields.Datetime.now()
        self.write(
            {
                "sync_state": "pending",
                "attempts": 0,
                "error_code": code,
                "error_params": False,
                "next_attempt_at": fields.Datetime.now() + timedelta(seconds=seconds),
            }
        )

    def _hold(self, code):
        """Look again whether the orders can be read: each look asks the channel, so
        the longer it has been waited the later."""
        now = fields.Datetime.now()
        waited = (now - (self.waiting_since or now)).total_seconds()
        self._put_off(code, min(max(waited, HELD_SECONDS), HELD_MOST))

    @api.model
    def _release_orders_held(self, channel):
        """Let rows go on that waited for the orders, if all are read by now."""
        now = fields.Datetime.now()
        rows = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "pending"),
                ("error_code", "in", HELD),
                ("next_attempt_at", ">", now),
            ]
        )
        if rows and not self.env["sale.channel.order.receiver"]._has_unread(channel):
            rows.next_attempt_at = now
            flows = channel.flow_ids.filtered("enabled")
            flows.filtered(lambda flow: flow.kind == self._outgoing_flow)._wake()

    def _store_results(self, entries, results, run):
        rows = self._leave_kept(results)
        result = super(SaleChannelListingStock, rows)._store_results(
            entries, results, run
        )
        if any(isinstance(one, Outcome) for one in results.values()):
            flows = rows.channel_id.flow_ids.filtered(lambda f: f.kind == "stock_out")
            flows._get_state().orders_unread = True
        return result

    def _leave_kept(self, answers):
        """Forget the rows of what the channel keeps itself by now.

        :param answers: dict reference → ``Found``, or what became of it
        :return: the others
        """
        kept = self.filtered(lambda row: self._is_kept(answers.get(row.reference)))
        others = self - kept
        if kept:
            listings = self.env["sale.channel.listing"].browse(kept.mapped("res_id"))
            listings.exists().sudo().stock_kept = True
            kept.unlink()
        return others

    def _put_off_unread(self, found):
        """Try those again later of which the channel does not tell now.

        :param found: dict reference → ``Found``
        :return: these
        """
        unread = self.filtered(
            lambda row: (
                row.reference in found and UNREAD in found[row.reference].details
            )
        )
        for row in unread:
            row._mark_failed(Retryable("the channel does not tell", alone=True))
        return unread

    @api.model
    def _is_kept(self, answer):
        if isinstance(answer, Found):
            return STOCK_KEPT in answer.details
        return isinstance(answer, Rejected) and answer.code == STOCK_KEPT

    def _store_sent(self, content, external_id, details=None):
        result = super()._store_sent(content, external_id, details)
        if details and details.get("quantity"):
            # The channel takes no more of it.
            content = {**content, "quantity": float(details["quantity"])}
        if content.get("levels"):
            # What was emptied for good is not ours to look at.
            ours = parse_levels(self.levels)
            levels = parse_levels(content["levels"])
            content = self.env[self._outgoing_planner]._prepare_levels(
                content["item"], {k: float(v) for k, v in levels.items() if k in ours}
            )
        self.write(
            {
                "content_hash": self.wanted_hash,
                "taken": self._get_kind().sign(content),
                "doubt": False,
                "doubted_at": False,
            }
        )
        if self.lowered:
            seconds = DOUBT_SECONDS if self.lowered == DOUBTED else HELD_SECONDS
            self._put_off(self.lowered, seconds)
            self.lowered = False
        return result

    def _note_seen(self, found, run):
        """Look again at rows that are not on the channel as it was told.

        What orders do not explain counts once it is still there later; so does nothing
        that the channel's search has not shown yet.
        """
        differing = self.browse()
        for row in self._leave_kept(found):
            there = found.get(row.reference)
            if there and UNREAD in there.details:
                continue
            if there is None:
                row._mark_failed(Rejected("stock_item_gone"))
                continue
            have, taken = row._parse_levels(there.content), row._get_taken()
            # Where it was told nothing, somebody else keeps the stock.
            if any(have.get(place) != number for place, number in taken.items()):
                differing |= row
        explained = differing._find_explained(found)
        for row in explained:
            row._put_off(False, 0)
        for row in differing - explained:
            row._begin_doubt(found[row.reference].content)
        return differing

    def _begin_doubt(self, content):
        self.write(
            {
                "doubt": self._sign_levels(content),
                "doubted_at": fields.Datetime.now(),
            }
        )
        self._put_off_doubted()

    def _put_off_doubted(self):
        ends = self.doubted_at + timedelta(seconds=DOUBT_SECONDS)
        left = (ends - fields.Datetime.now()).total_seconds()
        self._put_off(DOUBTED, left)

    def _is_doubted_still(self, content, run):
        """Whether to look once more at what no order explains.

        What has been there for long is somebody else's: it is kept, and overwritten.
        """
        if not self.doubt:
            return False
        if self._sign_levels(content) != self.doubt:
            self._begin_doubt(content)
            return True
        if self.doubted_at + timedelta(seconds=DOUBT_SECONDS) > fields.Datetime.now():
            return True
        self.write({"doubt": False, "doubted_at": False})
        before = self._get_kind().parse(self.taken)
        differences = self.env["sale.channel.difference"]
        differences.create(differences._prepare(self, dict(content), before, run))
        return False

    def _sign_levels(self, content):
        """What is there, where it was told something."""
        levels, taken = self._parse_levels(content), self._get_taken()
        return repr(sorted((k, n) for k, n in levels.items() if k in taken))

    def _drop_explained(self, found):
        """Doubt no more what orders explain by now."""
        seen = self.filtered(lambda row: row.reference in found)
        explained = seen._find_explained(found)
        explained.write({"doubt": False, "doubted_at": False})

    def _find_explained(self, found):
        """Those of which the channel's own orders explain what it has.

        :param found: dict reference → ``Found``, of each of the rows
        """
        if not self:
            return self
        listings = self.env["sale.channel.listing"].browse(self.mapped("res_id"))
        since = {
            listing: row.last_synced_at
            for listing, row in zip(listings, self, strict=True)
        }
        traded = self.env["sale.channel.stock"]._get_traded(self.channel_id, since)
        return self.filtered(
            lambda row: row._is_explained(
                found[row.reference].content, *traded[listings.browse(row.res_id)]
            )
        )

    def _is_explained(self, content, sold, restored):
        taken, there = self._get_taken(), self._parse_levels(content)
        if taken.keys() - there.keys():
            # Without limit, or not kept at that location any more
            return False
        have = sum(there[place] for place in taken)
        return is_explained(sum(taken.values()), have, sold, restored)
