"""Generates the purchases of a scenario, deterministically."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .accounts import BENCH_SELLERS, DEMO_SELLERS, SITE_SELLERS, Seller
from .billing import build_billing
from .buyers import Buyer, BuyerFactory
from .catalogue import CATALOGUE, CURRENCY, Product, listed_by, to_step
from .identities import Address, Identity
from .orders import OrderInput, build_order, draw_line, draw_terms
from .shipments import ShipmentInput, build_shipment
from .traits import TRAITS, Purchase, Trait, spoiled_identity


@dataclass(frozen=True)
class Scenario:
    """Size and mix of a scenario; ``cart`` is the share of orders in carts."""

    name: str
    sellers: tuple[Seller, ...]
    weights: tuple[int, ...]
    orders: int
    days: int
    cart: float
    new_buyers: float
    clean: bool


SCENARIOS = {
    "demo": Scenario(
        "demo", tuple(DEMO_SELLERS), (45, 25, 30), 300, 60, 0.25, 0.68, False
    ),
    "sites": Scenario(
        "sites", tuple(SITE_SELLERS), (1, 1, 1, 1), 200, 60, 0.2, 0.7, False
    ),
    "bench": Scenario("bench", tuple(BENCH_SELLERS), (1,), 1000, 60, 0.1, 0.64, True),
}


#: Lowest and highest freight of a site, in cents.
_FREIGHT = {
    "MLA": (350_000, 990_000),
    "MLB": (1_290, 4_990),
    "MLC": (299_000, 699_000),
    "MCO": (600_000, 1_800_000),
    "MLM": (7_900, 19_900),
    "MLU": (12_900, 35_000),
}
_LIST_FREIGHT = {"MLA": 699_000, "MLB": 2_490}


@dataclass
class Wish:
    """What one purchase must be; anything left None is drawn.

    :param quantities: of each product, which are then bought without discount
    """

    seller: Seller
    moment: datetime
    size: int
    trait: Trait | None = None
    buyer: Buyer | None = None
    products: list[Product] | None = None
    quantity: int | None = None
    own_billing: bool = False
    quantities: list[int] | None = None
    delivery: str | None = None


class Generator:
    """Makes purchases; one per sandbox, so that identifiers never repeat."""

    def __init__(self, scenario: Scenario, seed: int, now: datetime) -> None:
        self.scenario = scenario
        self.rng = random.Random(f"mercadolibre {scenario.name} {seed}")
        self.factory = BuyerFactory(self.rng)
        self.now = now
        self.pools: dict[str, list[Buyer]] = {site: [] for site in CATALOGUE}
        self._many: dict[str, tuple[Buyer, int]] = {}
        self._order_id = 2_000_011_370_000_000
        self._pack_id = 2_000_007_955_000_000
        self._shipment_id = 45_848_300_000

    def reseed(self, text: str) -> None:
        """Draw what follows from another seed."""
        self.rng = self.factory.rng = random.Random(text)

    def purchases(self, count: int, days: int) -> Iterator[Purchase]:
        """Purchases with ``count`` orders in all, oldest first."""
        for wish in self._plan(count, days):
            yield self.purchase(wish)

    def _plan(self, count: int, days: int) -> list[Wish]:
        rng, scenario = self.rng, self.scenario
        sizes: list[int] = []
        in_carts = round(count * scenario.cart)
        while in_carts >= 2:
            size = min(rng.choices([2, 3, 4], [65, 25, 10])[0], in_carts)
            if in_carts - size == 1:
                size = in_carts if in_carts <= 4 else size - 1 if size > 2 else size + 1
            sizes.append(size)
            in_carts -= size
        sizes += [1] * (count - sum(sizes))
        rng.shuffle(sizes)
        span = days * 86400 - 900
        offsets = sorted(rng.randint(0, span) for _size in sizes)
        first = self.now - timedelta(days=days)
        wishes = []
        for size, offset in zip(sizes, offsets, strict=True):
            seller = rng.choices(scenario.sellers, scenario.weights)[0]
            wishes.append(Wish(seller, first + timedelta(seconds=offset), size))
        if not scenario.clean:
            self._give_traits(wishes, count)
        return wishes

    def _give_traits(self, wishes: list[Wish], count: int) -> None:
        order = list(range(len(wishes)))
        self.rng.shuffle(order)
        for trait in TRAITS:
            times = trait.per_300 * count / 300
            for _turn in range(max(1, round(times)) if count >= 60 else round(times)):
                for position, index in enumerate(order):
                    wish = wishes[index]
                    if wish.size > 1 and not trait.carts:
                        continue
                    if trait.site and wish.seller.site_id != trait.site:
                        continue
                    wish.trait = trait
                    del order[position]
                    break

    def purchase(self, wish: Wish) -> Purchase:
        """Make one purchase."""
        site = wish.seller.site_id
        buyer, address, identity = self._who(wish, site)
        trait = wish.trait
        if wish.own_billing or (trait and trait.own_billing):
            identity = self.factory.again(identity)
        if trait and trait.name == "bad_document":
            identity = spoiled_identity(identity)
        updated = self._updated(wish.moment)
        self._shipment_id += self.rng.randint(11, 90_000)
        purchase = Purchase(
            seller_id=wish.seller.id,
            site=site,
            buyer=buyer,
            identity=identity,
            orders=[],
            shipment=None,
            billing=build_billing(site, buyer.id, identity),
            pack_id=self._next_pack(wish.size),
        )
        cost = self._shipping_cost(site)
        goods = self._add_orders(purchase, wish, updated, cost)
        purchase.shipment = build_shipment(
            ShipmentInput(
                id=self._shipment_id,
                site=site,
                currency=CURRENCY[site],
                created=wish.moment,
                updated=updated,
                delivery=wish.delivery or self._delivery(),
                buyer=buyer,
                address=address,
                seller_id=wish.seller.id,
                goods_cents=goods,
                cost_cents=cost,
                list_cost_cents=cost or _LIST_FREIGHT.get(site, _FREIGHT[site][0]),
            ),
            self.rng,
            self.now,
        )
        if trait:
            purchase.traits.append(trait.name)
            trait.change(purchase, self.rng)
        return purchase

    def _who(self, wish: Wish, site: str) -> tuple[Buyer, Address, Identity]:
        rng, factory, pool = self.rng, self.factory, self.pools[site]
        trait = wish.trait
        if wish.buyer is not None:
            buyer = wish.buyer
            return buyer, buyer.addresses[-1], buyer.identities[-1]
        if trait and trait.name == "many_identities":
            return self._many_identities(site)
        if trait and trait.identity:
            buyer = factory.buyer(site)
            buyer.identities = []
            identity = factory.add_identity(buyer, trait.identity)
            pool.append(buyer)
            return buyer, buyer.addresses[0], identity
        if len(pool) < 6 or rng.random() < self.scenario.new_buyers:
            buyer = factory.buyer(site)
            pool.append(buyer)
            return buyer, buyer.addresses[0], buyer.identities[0]
        buyer = rng.choice(pool)
        return self._again(buyer)

    def _again(self, buyer: Buyer) -> tuple[Buyer, Address, Identity]:
        """A known buyer comes back, maybe with something changed."""
        rng, factory = self.rng, self.factory
        address, identity = buyer.addresses[0], buyer.identities[0]
        luck = rng.random()
        if luck < 0.15:
            address = factory.add_address(buyer)
        elif luck < 0.22 and not self.scenario.clean:
            address = factory.other_receiver(buyer)
        elif luck < 0.32 and not self.scenario.clean:
            buyer.nickname = f"{buyer.nickname}{rng.randint(1, 99)}"
        elif luck < 0.40:
            identity = factory.again(identity)
        return buyer, address, identity

    def _many_identities(self, site: str) -> tuple[Buyer, Address, Identity]:
        if site not in self._many:
            buyer = self.factory.buyer(site)
            buyer.identities = []
            second = "monotributo" if site == "MLA" else "person"
            for kind in ("person", second, "company"):
                self.factory.add_identity(buyer, kind)
            self._many[site] = (buyer, 0)
        buyer, turn = self._many[site]
        self._many[site] = (buyer, turn + 1)
        return buyer, buyer.addresses[0], buyer.identities[turn % 3]

    def _add_orders(
        self, purchase: Purchase, wish: Wish, updated: datetime, cost: int
    ) -> int:
        rng, site = self.rng, purchase.site
        plain = self.scenario.clean
        products = wish.products or rng.sample(CATALOGUE[site], wish.size)
        goods = 0
        for number in range(wish.size):
            product = products[number % len(products)]
            if not wish.quantities:
                product = listed_by(product, purchase.seller_id)
            line = draw_line(rng, site, product, plain=plain)
            line.quantity = wish.quantity or line.quantity
            if wish.quantities:
                line.quantity = wish.quantities[number]
                line.full_cents = line.seller_cents = 0
            if wish.trait and wish.trait.name == "other_currency":
                dollars = max(99, line.product.price_cents // 1000)
                line.product = replace(line.product, price_cents=dollars)
                line.full_cents = line.seller_cents = 0
            total = (line.product.price_cents - line.full_cents) * line.quantity
            terms = draw_terms(rng, site, total, plain=plain)
            other = wish.trait is not None and wish.trait.name == "other_currency"
            terms.shipping_cents = cost if number == 0 and not other else 0
            self._order_id += rng.randint(1_003, 90_001)
            data = OrderInput(
                id=self._order_id,
                pack_id=purchase.pack_id,
                cart=wish.size > 1,
                site=site,
                currency=CURRENCY[site],
                created=wish.moment,
                updated=updated,
                seller_id=wish.seller.id,
                buyer=purchase.buyer,
                identity=purchase.identity,
                line=line,
                terms=terms,
                shipment_id=self._shipment_id,
            )
            purchase.orders.append(build_order(data, rng))
            goods += total
        return goods

    def _next_pack(self, size: int) -> int | None:
        alone = 0.0 if self.scenario.clean else 0.6
        if size == 1 and self.rng.random() >= alone:
            return None
        self._pack_id += self.rng.randint(1_003, 90_001)
        return self._pack_id

    def _updated(self, moment: datetime) -> datetime:
        late = moment + timedelta(seconds=self.rng.randint(60, 5 * 86400))
        return max(moment, min(late, self.now - timedelta(seconds=1)))

    def _shipping_cost(self, site: str) -> int:
        if self.scenario.clean or self.rng.random() < 0.55:
            return 0
        return to_step(site, self.rng.randint(*_FREIGHT[site]))

    def _delivery(self) -> str:
        kinds = ["courier", "drop_off", "flex", "pickup", "fulfillment", "me1"]
        if self.scenario.clean:
            kinds = kinds[:3]
        weights = [38, 20, 12, 10, 15, 5][: len(kinds)]
        return self.rng.choices(kinds, weights)[0]


def new_wish(values: dict[str, Any], seller: Seller, moment: datetime) -> Wish:
    """Read the wish of a control call: ``{n?, pack?, trait?, skus?, quantity?, ...}``.

    Raises ValueError when a name is unknown.
    """
    count = int(values.get("n", 1))
    cart = bool(values.get("pack"))
    if not 1 <= count <= (10 if cart else 2000):
        raise ValueError(f"n is out of range: {count}")
    for name in ("order", "shipment", "billing"):
        if not isinstance(values.get(name, {}), dict):
            raise ValueError(f"{name} must be an object")
    by_sku = {product.sku: product for product in CATALOGUE[seller.site_id]}
    products = None
    if values.get("skus"):
        unknown = [sku for sku in values["skus"] if sku not in by_sku]
        if unknown:
            raise ValueError(f"unknown skus: {unknown}")
        products = [by_sku[sku] for sku in values["skus"]]
    trait = None
    if values.get("trait"):
        trait = next((t for t in TRAITS if t.name == values["trait"]), None)
        if trait is None:
            raise ValueError(f"unknown trait: {values['trait']}")
    quantity = values.get("quantity")
    return Wish(
        seller,
        moment.replace(microsecond=0),
        count if cart else 1,
        trait,
        None,
        products,
        int(quantity) if quantity else None,
        own_billing=bool(values.get("billing")),
    )
