from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.tools.client import RELOAD, notification

from ..lib.matching import WAYS

# How long is kept what is gone and was never linked
GONE_DAYS = 90
GONE_LIMIT = 5000
# Why a listing is ambiguous whose product is known: it has several there
SEVERAL = ("taken", "claimed")
# States in which nobody has decided what a listing is
OPEN_STATES = ("new", "sure", "review", "ambiguous", "unknown")


class SaleChannelRemoteListing(models.Model):
    """What a channel sells already, as it was read last, and which product it is.

    The whole list is here, also what Odoo made: nothing is made a second time, there
    or here.

    With ``sudo``: links and states are the server's; a button checks first who presses
    it.
    """

    _name = "sale.channel.remote.listing"
    _inherit = ["sale.channel.binding.mixin", "sale.channel.operator.mixin"]
    _description = "Listing That Was Found on a Sales Channel"
    _order = "channel_id, title, id"
    _rec_name = "title"

    channel_id = fields.Many2one(ondelete="cascade")
    external_product_id = fields.Char("External ID of Product", readonly=True)
    external_stock_id = fields.Char("External ID of Stock", readonly=True)
    url_id = fields.Char(readonly=True)
    title = fields.Char(readonly=True)
    product_title = fields.Char("Name of Product", readonly=True)
    sku = fields.Char("SKU", readonly=True, index="btree_not_null")
    barcode = fields.Char(readonly=True)
    sku_key = fields.Char(readonly=True, index="btree_not_null")
    barcode_key = fields.Char(readonly=True, index="btree_not_null")
    listing_type = fields.Char(readonly=True)
    options = fields.Json(readonly=True)
    options_text = fields.Char("Variant", compute="_compute_options_text")
    price = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    currency = fields.Char(readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit", aggregator=None)
    status = fields.Char("Status There", readonly=True)
    stock_group = fields.Char(readonly=True, index="btree_not_null")
    stock_kept = fields.Boolean("Stock Kept There", readonly=True)
    kept_quantity = fields.Float(
        "Kept There", readonly=True, digits="Product Unit", aggregator=None
    )
    kept_fields = fields.Json(readonly=True)
    content = fields.Json(readonly=True, prefetch=False)
    product_content = fields.Json(readonly=True, prefetch=False)
    seen_pass = fields.Integer(readonly=True)
    gone_at = fields.Datetime(
        "Gone Since",
        readonly=True,
        help="It was not among the channel's listings when they were last read.",
    )
    state = fields.Selection(
        [
            ("new", "Not compared yet"),
            ("sure", "Certain"),
            ("review", "Proposed"),
            ("ambiguous", "Ambiguous"),
            ("unknown", "Unknown"),
            ("linked", "Linked"),
            ("ignored", "Ignored"),
        ],
        default="new",
        required=True,
        index=True,
        readonly=True,
    )
    matched_by = fields.Selection("_selection_matched_by", "Found by", readonly=True)
    match_reason = fields.Char(readonly=True)
    match_message = fields.Char("Why", compute="_compute_match_message")
    candidates = fields.Json(readonly=True)
    candidate_ids = fields.Many2many(
        "product.product", compute="_compute_candidate_ids", string="Could Be"
    )
    product_id = fields.Many2one(
        "product.product",
        "Proposal",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What it seems to be.",
    )
    listing_id = fields.Many2one(
        "sale.channel.listing",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _external_uniq = models.Constraint(
        "UNIQUE (channel_id, external_id)", "This listing of the channel is known."
    )
    _product_idx = models.Index(
        "(channel_id, external_product_id) WHERE external_product_id IS NOT NULL"
    )

    @api.model
    def _selection_matched_by(self):
        labels = {
            "barcode": self.env._("Barcode"),
            "sku": self.env._("SKU"),
            "sku_cleaned": self.env._("SKU without spaces"),
            "name": self.env._("Name"),
        }
        return [(way, labels[way]) for way in WAYS]

    @api.depends("options")
    def _compute_options_text(self):
        for row in self:
            options = row.options or {}
            row.options_text = ", ".join(f"{k}: {v}" for k, v in options.items())

    @api.depends("match_reason", "state")
    @api.depends_context("lang")
    def _compute_match_message(self):
        texts = self.env["sale.channel.text"]
        for row in self:
            reason = row.match_reason
            row.match_message = reason and texts._format(f"match_{reason}")

    @api.depends("candidates")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_candidate_ids(self):
        products = self.env["product.product"]
        for row in self:
            found = products.browse(row.candidates or ()).exists()
            row.candidate_ids = found._filtered_access("read")

    @api.depends("title", "options")
    def _compute_display_name(self):
        for row in self:
            parts = [row.title or row.external_id, row.options_text]
            row.display_name = " – ".join(part for part in parts if part)

    def _check_manager(self):
        """:raises AccessError: the user may not see the rows, or make listings"""
        self._check_operator()
        self.env["sale.channel.listing"].check_access("write")

    def action_accept(self):
        """Link the rows to what they seem to be.

        Of several, those that are ambiguous are left: each is a decision of its own.
        """
        self._check_manager()
        rows = self.filtered(
            lambda row: row.state in OPEN_STATES and row.product_id and not row.gone_at
        )
        if not rows and not self.listing_id:
            raise UserError(self.env._("None of these has a proposal to accept."))
        rows.product_id.check_access("read")
        if len(self) == 1:
            for row in rows.sudo():
                row._link(row.product_id)
            return True
        return self._accept_many(rows.filtered(lambda row: row.state != "ambiguous"))

    def _accept_many(self, rows, **how):
        linked = 0
        for row in rows.sudo():
            try:
                with self.env.cr.savepoint():
                    row._link(row.product_id, **how)
            except (UserError, UniqueViolation):
                # It has become ambiguous meanwhile, or another took the product.
                continue
            linked += 1
        left = len(self.filtered(lambda row: row.state in OPEN_STATES))
        message = self.env._(
            "%(linked)s linked, %(left)s left to decide one by one.",
            linked=linked,
            left=left,
        )
        return notification(message, "warning" if left else "success", RELOAD)

    def action_link_further(self):
        """Link the rows to what they seem to be, although the product has such a
        listing there already, or will have: it is sold there several times.
        """
        self._check_manager()
        rows = self.filtered(
            lambda row: (
                row.state in OPEN_STATES
                and row.product_id
                and not row.gone_at
                and (row.state != "ambiguous" or row.match_reason in SEVERAL)
            )
        )
        if not rows:
            raise UserError(self.env._("None of these has a proposal to accept."))
        rows.product_id.check_access("read")
        return self._accept_many(rows, further=True)

    def action_link(self):
        """Choose the product, or the products of a kit, that a listing is."""
        self.ensure_one()
        self._check_manager()
        return self.env["sale.channel.remote.link"]._open(self)

    def action_ignore(self):
        """Leave the rows out; what is linked stays so."""
        self._check_manager()
        rows = self.sudo().filtered(lambda row: row.state in OPEN_STATES)
        rows._lock()
        rows.write({"state": "ignored"})
        rows._release_products()

    def action_reconsider(self):
        """Compare the rows anew, also those that were ignored."""
        self._check_manager()
        rows = self.sudo().filtered(lambda row: row.state != "linked")
        rows._lock()
        rows.write({"state": "new"})
        for channel, some in rows.grouped("channel_id").items():
            self.env["sale.channel.remote.matcher"]._match_rows(channel, some)

    def action_create_products(self):
        """Make products of listings that Odoo does not know."""
        self._check_manager()
        rows = self.filtered(lambda row: row.state in OPEN_STATES and not row.gone_at)
        return self.env["sale.channel.remote.maker"]._make(rows)

    def action_open_listing(self):
        """Open the listing that the row is linked to."""
        self.ensure_one()
        return self.listing_id.get_formview_action()

    def _lock(self):
        """Keep others from deciding about the rows at the same time: their transaction
        begins again, and finds what was decided."""
        self.lock_for_update(allow_referencing=True)

    def _link(self, product, quantity=1.0, components=(), further=False):
        """Have a row's listing, which sells the product, in Odoo (sudo).

        Nothing that the channel has is overwritten before somebody approves it.

        :param product: ``product.product``; empty for a kit
        :param quantity: units of it in one piece
        :param components: of a kit: values of its components
        :param further: whether the product may have another such listing there
        :return: ``sale.channel.listing``
        :raises UserError: it is another product's, or the product has another listing
        """
        self.ensure_one()
        self._lock()
        if self.listing_id:
            self._check_same(product, quantity)
            return self.listing_id
        values = self._prepare_link(product)
        known = self._get_known_listings(product, quantity)
        listing = self._find_former_listing(known, product, further)
        if listing:
            if self.env["sale.channel.catalog"]._get_in_flight(listing):
                # Odoo is just making it: it was not there before.
                for name in ("origin", "approved", "visibility"):
                    values.pop(name)
            listing.write(values)
        else:
            listing = listing.create(
                {
                    **values,
                    "channel_id": self.channel_id.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    "listing_type": self.listing_type or "",
                    "number": self.env["sale.channel.listing.place"]._get_free_number(
                        known
                    ),
                    "component_ids": components,
                }
            )
        # What it was before is not there any more.
        former = self.search([("listing_id", "=", listing.id)])
        former.write({"listing_id": False, "state": "new"})
        self.write({"listing_id": listing.id, "state": "linked", "match_reason": False})
        self._release_products(product)
        self._release_orders()
        return listing

    def _check_same(self, product, quantity):
        """:raises UserError: somebody linked it to something else meanwhile"""
        linked = self.listing_id
        if linked.product_id != product or linked.quantity != quantity:
            raise UserError(
                self.env._(
                    "“%(title)s” is linked to %(product)s already.",
                    title=self.display_name,
                    product=linked.display_name,
                )
            )

    def _get_known_listings(self, product, quantity):
        """The product's listings there of the row's type, and as many units."""
        listings = self.env["sale.channel.listing"]
        if not product:
            return listings
        return listings.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("product_id", "=", product.id),
                ("quantity", "=", quantity),
                ("listing_type", "=", self.listing_type or ""),
            ],
            order="number",
        )

    def _find_former_listing(self, known, product, further):
        """The product's listing that has no place there (yet, or any more).

        :param known: see :meth:`_get_known_listings`
        :raises UserError: all have one, and there shall be no further
        """
        free = known.filtered(lambda one: not one.external_id or one.missing_since)
        if known and not free and not further:
            raise UserError(
                self.env._(
                    "%(product)s is sold there as another listing already, "
                    "%(external_id)s. Link this one as a further listing or as a "
                    "pack, or ignore it.",
                    product=product.display_name,
                    external_id=known[0].external_id,
                )
            )
        return free[:1]

    def _prepare_link(self, product):
        """What the channel tells of the listing."""
        return {
            "external_id": self.external_id,
            "external_stock_id": self.external_stock_id,
            "url_id": self.url_id,
            "channel_status": self.status,
            "channel_product_id": self._ensure_group(product).id,
            "visibility": self._get_visibility(),
            "origin": "linked",
            "approved": False,
            "missing_since": False,
            "kept_fields": self.kept_fields or False,
            **self._prepare_kept_stock(),
        }

    def _prepare_kept_stock(self):
        return {"stock_kept": self.stock_kept, "stock_there": self.kept_quantity}

    def _take_over(self, listing):
        """Have a listing go on as this row, which the channel moved it to (sudo).

        What waits to be sent to it follows; orders may still name the former id.
        """
        self.ensure_one()
        former = self.search([("listing_id", "=", listing.id)])
        # What was not its own there goes on being kept until a person has compared it;
        # but whether it is shown is its own now, as it is there.
        kept = {*(listing.kept_fields or ()), *(self.kept_fields or ())}
        own = {name for row in former for name in row.kept_fields or ()}
        own -= set(self.kept_fields or ())
        values = {
            "external_id": self.external_id,
            "external_stock_id": self.external_stock_id,
            "url_id": self.url_id,
            "channel_status": self.status,
            "missing_since": False,
            "kept_fields": sorted(kept - (own & {"visibility"})) or False,
            **self._prepare_kept_stock(),
        }
        if "visibility" in own:
            values["visibility"] = self._get_visibility()
        listing.write(values)
        places = self.env["sale.channel.listing.place"]
        places._follow_type(listing, self.listing_type or "")
        rows = self.env["sale.channel.listing.report"]._get_rows(listing, "content")
        for row in rows.values():
            row.external_id = self.external_id
        former.write(
            {"listing_id": False, "state": "new", "gone_at": fields.Datetime.now()}
        )
        self.write({"listing_id": listing.id, "state": "linked", "match_reason": False})
        self._release_products(listing.product_id)
        self._release_orders()

    def _tell_listing(self):
        """Tell the row's listing what became of it there (sudo)."""
        self.ensure_one()
        listing = self.listing_id
        values = {"missing_since": self.gone_at, "channel_status": self.status}
        if self.gone_at:
            values["stock_there"] = 0.0
        else:
            kept = {*(listing.kept_fields or ()), *(self.kept_fields or ())}
            values.update(
                external_stock_id=self.external_stock_id,
                url_id=self.url_id,
                kept_fields=sorted(kept) or False,
                **self._prepare_kept_stock(),
            )
            places = self.env["sale.channel.listing.place"]
            places._follow_type(listing, self.listing_type or "")
        changed = {name: v for name, v in values.items() if listing[name] != v}
        if changed:
            listing.write(changed)

    def _ensure_group(self, product):
        """What groups the listing's variants there: ``sale.channel.product``.

        One product there may hold variants of several of Odoo, and the reverse.
        """
        groups = self.env["sale.channel.product"]
        traits = self.channel_id._get_catalog_traits()
        if not self.external_product_id or not traits or not traits.grouped:
            return groups
        channel = [("channel_id", "=", self.channel_id.id)]
        known = [("external_id", "=", self.external_product_id)]
        found = groups.search(channel + known)
        if found or not product:
            return found
        template = product.product_tmpl_id
        fresh = [("product_tmpl_id", "=", template.id), ("external_id", "=", False)]
        found = groups.search(channel + fresh, limit=1) or groups.create(
            {"channel_id": self.channel_id.id, "product_tmpl_id": template.id}
        )
        found.external_id = self.external_product_id
        return found

    def _get_visibility(self):
        told = (self.content or {}).get("visibility") or (
            self.product_content or {}
        ).get("visibility")
        known = dict(self.env["sale.channel.listing"]._fields["visibility"].selection)
        return told if told in known else "visible"

    def _release_products(self, products=None):
        """Let products go out that waited for what becomes of the rows."""
        ids = {id_ for row in self for id_ in row.candidates or ()}
        ids.update(products.ids if products else ())
        changes = self.env["sale.channel.change"]
        changes._add({("product.product", id_) for id_ in ids})

    def _release_orders(self):
        """Retry the orders that waited for the listings' products."""
        keys = set()
        for row in self:
            ids = [row.external_id, row.external_product_id]
            keys.update(f"item:{id_}" for id_ in ids if id_)
            keys.update((f"item:{'/'.join(filter(None, reversed(ids)))}", row.sku))
        nothing = self.env["product.product"]
        self.env["sale.channel.order.releaser"]._release_products(
            nothing, keys - {False}
        )

    @api.autovacuum
    def _gc_gone(self):
        """Delete what has been gone for long and is no listing of Odoo's."""
        limit = fields.Datetime.now() - timedelta(days=GONE_DAYS)
        gone = self.search(
            [("gone_at", "<", limit), ("listing_id", "=", False)], limit=GONE_LIMIT
        )
        gone.unlink()
        return len(gone), len(gone) == GONE_LIMIT
