from itertools import combinations

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html, street_split

from ..lib.address import (
    Place,
    compose,
    contact_key,
    delivery_key,
    delivery_variant,
    same_place,
    visible,
    zip_key,
)
from ..lib.items import Option, Wanted
from ..lib.merge import Rule, merge_fields

DELIVERY_RULES = {
    "name": Rule.FOLLOW,
    "street2": Rule.FOLLOW,
    "zip": Rule.FOLLOW,
    "state_id": Rule.FOLLOW,
    "phone": Rule.FOLLOW,
    "email": Rule.FOLLOW,
    "comment": Rule.FOLLOW,
}
CONTACT_RULES = {
    "phone": Rule.FOLLOW,
    "alternative_phone": Rule.FOLLOW,
    "email": Rule.FILL,
}
RULES = {"delivery": DELIVERY_RULES, "contact": CONTACT_RULES}
# How the receiver is reached: what changes while something is on its way.
REACHED_BY = ("phone", "email")
CHILD_FIELDS = [
    "parent_id",
    "type",
    "active",
    "name",
    "street",
    "city",
    "zip",
    "state_id",
    "country_id",
]


class SaleChannelPartnerAttacher(models.AbstractModel):
    """Gives customers the delivery addresses and contacts that orders name.

    What stands for what is kept in ``sale.channel.partner.link``.
    """

    _name = "sale.channel.partner.attacher"
    _description = "Buyers of Sales Channels: addresses and contacts"

    @api.model
    def _attach(self, batch, items):
        """Give every item its delivery address and its contact.

        An address or contact that the customer has, made by whomever, is used again,
        unless that would redirect what another order still has to send there; what is
        missing is created in one batch.

        :param items: :class:`Item` objects that have a buyer and a customer
        """
        wanted = [
            wish
            for item in items
            for wish in (
                self._want_delivery(batch, item),
                self._want_contact(item),
            )
            if wish
        ]
        self._find_children(batch, wanted)
        self._create_children([wish for wish in wanted if not wish.child])
        self._bind(wanted)
        for wish in wanted:
            setattr(wish.item, wish.role, wish.child)
        batch.taken.update((item.delivery or item.partner).id for item in items)

    @api.model
    def _want_delivery(self, batch, item):
        """What the delivery address should be, None when the channel shows none."""
        if item.address is None:
            return None
        lookup, address = self.env["sale.channel.partner.lookup"], item.address
        country = lookup._find_country(batch, address.country_code, item.country.code)
        apart = batch.channel.comments_apart
        delivery = compose(address, country.code or "", apart)
        if delivery is None:
            item.note("address_hidden")
            return None
        state, unknown = lookup._find_state(
            batch, country, visible(address.state_code, 40), visible(address.state_name)
        )
        if unknown:
            item.note("state_unknown", value=unknown)
        vals = {
            "type": "delivery",
            "name": self._get_delivery_name(item, delivery),
            "street2": delivery.line2,
            "city": delivery.city,
            "zip": delivery.zip,
            "state_id": state.id,
            "country_id": country.id,
            "phone": delivery.phone,
            "email": delivery.email,
            "comment": delivery.comment,
            **self._prepare_line(delivery),
        }
        if delivery.pickup and "is_pickup_location" in self.env["res.partner"]._fields:
            vals["is_pickup_location"] = True
        place = Place(country.code or "", state.id or "", delivery.zip)
        return Wanted(
            item,
            "delivery",
            delivery.key,
            vals,
            place=place,
            variant=delivery_variant(delivery, place),
            remark=delivery.remark,
            renames=bool(delivery.title),
            pickup=delivery.pickup,
        )

    @api.model
    def _prepare_line(self, delivery):
        """Line 1; as one text where Odoo finds the same parts in it, since to write
        parts is one more write for each contact."""
        values = delivery.get_line_values()
        if values == street_split(delivery.line):
            return {"street": delivery.line}
        return values

    @api.model
    def _get_delivery_name(self, item, delivery):
        """Name of the address in the customer's language."""
        env = self.with_context(lang=item.partner.lang).env
        title = env._("Pickup point") if delivery.pickup else env._("Shipping")
        return f"{title} - {delivery.title}" if delivery.title else title

    @api.model
    def _want_contact(self, item):
        """What the contact should be, None when the channel tells nothing of it."""
        data = item.data
        phones = {
            "phone": visible(data.phone, 64),
            "alternative_phone": visible(data.alternative_phone, 64),
            "email": visible(data.email),
        }
        # A number without a name is still worth a contact.
        name = item.name or (any(phones.values()) and item.nickname)
        if not name:
            return None
        vals = {"type": "contact", "name": name, "contact_status": "passive", **phones}
        return Wanted(item, "contact", contact_key(name), vals)

    # Finding

    @api.model
    def _find_children(self, batch, wanted):
        """Set link and child of what the customers have already, and bring it up to
        date."""
        known = [wish for wish in wanted if not wish.item.is_new]
        if not known:
            return
        partners = self.env["res.partner"].browse(
            {wish.item.partner.id for wish in known}
        )
        links = self.env["sale.channel.partner.link"].search_fetch(
            [("customer_id", "in", partners.ids)]
        )
        by_key = links.grouped(
            lambda link: (link.buyer_id.id, link.customer_id.id, link.role, link.key)
        )
        children = self._read_children(partners, links)
        for wish in known:
            item = wish.item
            place = (item.partner.id, wish.role, wish.key)
            own = by_key.get((item.buyer.id, *place), links.browse())
            options = self._get_options(wish, own, children.get(place, []))
            self._choose_option(batch, wish, own, options)

    @api.model
    def _read_children(self, partners, links):
        """Children by (customer, role, key), whoever made them.

        Archived ones count, so that they are not created again.
        """
        pickups = links.filtered("pickup").partner_id
        children = self.env["res.partner"].with_context(active_test=False)
        children = children.search_fetch(
            [("parent_id", "in", partners.ids), ("type", "in", list(RULES))],
            CHILD_FIELDS,
        )
        found = {}
        for child in children.with_env(self.env):
            if child.type == "contact":
                key = contact_key(child.name)
            else:
                is_pickup = child in pickups or child._is_channel_pickup()
                key = delivery_key(child.street, child.city, is_pickup)
            place = (child.parent_id.id, child.type, key)
            found.setdefault(place, []).append(child)
        return found

    @api.model
    def _get_options(self, wish, own, children):
        """What could serve, best first: active, and with the least to change.

        :param own: links of the buyer with the same key
        :param children: contacts of the customer with the same key
        """
        found = [
            (link.partner_id, link)
            for link in own
            if link.variant == wish.variant
            or same_place(link._get_told_place(), wish.place)
        ]
        found += [
            (child, own.browse())
            for child in children
            if child not in own.partner_id
            and same_place(child._get_channel_place(), wish.place)
        ]
        options = [self._make_option(wish, child, link) for child, link in found]
        places = [child._get_channel_place() for child, _link in found]
        is_delivery = wish.role == "delivery"
        if is_delivery and any(not same_place(*p) for p in combinations(places, 2)):
            # Two towns have it, and the channel leaves open which one it means.
            options = [option for option in options if option.is_exact]
        return sorted(
            options,
            key=lambda option: (
                not option.child.active,
                not option.is_exact,
                option.redirects,
                not option.link,
                option.child.id,
            ),
        )

    @api.model
    def _make_option(self, wish, child, link):
        vals, written = self._plan_merge(wish, child, link, RULES[wish.role])
        harmless = {*REACHED_BY, *(() if wish.renames else ("name",))}
        redirects = wish.role == "delivery" and not harmless.issuperset(vals)
        is_exact = bool(link) and link.variant == wish.variant
        return Option(child, link, is_exact, vals, written, redirects)

    @api.model
    def _choose_option(self, batch, wish, own, options):
        """Take the best option that sends nothing of other orders elsewhere."""
        lookup = self.env["sale.channel.partner.lookup"]
        for option in options:
            child, vals, written = option.child, option.vals, option.written
            if option.redirects and lookup._is_awaited(batch, wish.item, child):
                if not option.is_exact:
                    continue
                # Nothing new: what people made of it meanwhile stays.
                rules = {name: DELIVERY_RULES[name] for name in REACHED_BY}
                vals, written = self._plan_merge(wish, child, option.link, rules)
            wish.child, wish.written = child, written
            exact = own.filtered(lambda link: link.variant == wish.variant)
            # Who archived our address and made a better one wants that one used.
            wish.link = option.link or exact
            if exact and wish.link != exact:
                wish.variant = wish.link.variant
            if vals:
                child.write(vals)
            break
        if not wish.child or wish.role != "delivery":
            return
        batch.taken.add(wish.child.id)
        if not wish.child.active:
            wish.item.note("delivery_archived", name=wish.child.display_name)

    @api.model
    def _plan_merge(self, wish, child, link, rules):
        """Three-way merge into an existing child.

        :return: the values to write and what counts as written then
        """
        incoming = wish.get_mergeable(rules)
        current = {name: child[name] for name in rules}
        if "state_id" in current:
            current["state_id"] = child.state_id.id
        if current.get("comment"):
            current["comment"] = html2plaintext(child.comment).strip()
        country = wish.place.country
        if child.zip and zip_key(child.zip, country) == zip_key(
            incoming.get("zip"), country
        ):
            incoming.pop("zip", None)
        written = (link and link.written) or {}
        if not written:
            # Not ours yet: its name is what somebody called it.
            incoming.pop("name", None)
        vals, now_written = merge_fields(written, current, incoming, rules)
        if "comment" in vals:
            vals["comment"] = plaintext2html(vals["comment"])
        return vals, now_written

    # Writing

    @api.model
    def _create_children(self, wishes):
        """Create the missing children, each once for its customer."""
        first = {}
        for wish in wishes:
            first.setdefault(self._get_child_key(wish), wish)
        for is_new in (True, False):
            batch = [wish for wish in first.values() if wish.item.is_new is is_new]
            for wish, child in zip(batch, self._insert(batch, is_new), strict=True):
                wish.child = child
        for wish in wishes:
            wish.child = first[self._get_child_key(wish)].child
            wish.written = wish.get_mergeable((*RULES[wish.role], "country_id"))

    @api.model
    def _get_child_key(self, wish):
        return wish.item.partner.id, wish.role, wish.key, wish.variant

    @api.model
    def _insert(self, batch, is_new):
        """Create children in one batch.

        :param is_new: whether their customers were made a moment ago. What Odoo copies
            from them is known then; it would find it out with several queries each.
        """
        Partner = self.env["res.partner"]
        if not batch:
            return Partner
        unsynced = Partner.with_context(_partners_skip_fields_sync=True)
        model = unsynced.with_context(vat_checked=True) if is_new else Partner
        try:
            with self.env.cr.savepoint():
                children = model.create(
                    [self._prepare_child(wish, inherit=is_new) for wish in batch]
                )
        except UserError:
            # A customer's document that Odoo refuses today cannot be copied to new
            # contacts. It stays where it is, and the order comes in.
            children = unsynced.create(
                [self._prepare_child(wish, inherit=False) for wish in batch]
            )
        return children.with_env(self.env)

    @api.model
    def _prepare_child(self, wish, inherit):
        """Values of a new address or contact.

        :param inherit: also give what Odoo copies from the customer
        """
        partner = wish.item.partner
        vals = {key: value for key, value in wish.vals.items() if value}
        if "comment" in vals:
            vals["comment"] = plaintext2html(vals["comment"])
        vals.update(parent_id=partner.id, company_id=partner.company_id.id)
        if partner.lang:
            vals["lang"] = partner.lang
        if inherit:
            vals.update(partner._get_commercial_values())
            if wish.role == "contact":
                vals.update(partner._get_address_values())
        country = self.env["res.country"].browse(vals.get("country_id") or ())
        lookup = self.env["sale.channel.partner.lookup"]
        return {**vals, **lookup._get_peppol_values(country)}

    @api.model
    def _bind(self, wanted):
        """Bind children to keys."""
        to_create = []
        for wish in wanted:
            values = {
                "written": wish.written,
                "variant": wish.variant,
                "remark": wish.remark or False,
            }
            if wish.link:
                changed = {k: v for k, v in values.items() if wish.link[k] != v}
                if wish.link.partner_id != wish.child:
                    changed["partner_id"] = wish.child.id
                if changed:
                    wish.link.write(changed)
                continue
            to_create.append(
                {
                    **values,
                    "buyer_id": wish.item.buyer.id,
                    "customer_id": wish.item.partner.id,
                    "role": wish.role,
                    "key": wish.key,
                    "partner_id": wish.child.id,
                    "pickup": wish.pickup,
                }
            )
        self.env["sale.channel.partner.link"].create(to_create)
