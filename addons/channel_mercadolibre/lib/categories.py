"""Reading categories and size charts: the network, without a transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from odoo.addons.channel_outgoing.lib.kind import fingerprint

from .category import (
    Attribute,
    Category,
    Chart,
    read_attributes,
    read_category,
    read_charts,
    read_suggestions,
)
from .items_client import ItemsClient

# A name beyond it says nothing more about what a product is.
MAX_NAME = 120


@dataclass(frozen=True)
class Details:
    """A category with all that it asks of its listings."""

    category: Category
    attributes: tuple[Attribute, ...] = ()
    terms: tuple[Attribute, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Equal for equal details only."""
        return fingerprint(asdict(self))


def fetch_category(client: ItemsClient, code: str) -> Details:
    """A category; one that holds no listings has no attributes.

    :raises ChannelError: ``not_found``: there is none of this id
    """
    category = read_category(client.category(code).body)
    if not category.leaf:
        return Details(category)
    attributes = read_attributes(client.category_attributes(code).body)
    terms = read_attributes(client.category_sale_terms(code).body)
    return Details(category, attributes, terms)


def fetch_suggestions(
    client: ItemsClient, site: str, name: str
) -> tuple[tuple[str, str], ...]:
    """Categories of a site that fit a product's name: pairs of id and name."""
    return read_suggestions(client.suggest_categories(site, name[:MAX_NAME]).body)


def fetch_charts(
    client: ItemsClient, site: str, seller: str, domain: str
) -> tuple[Chart, ...]:
    """The size charts of an account for a domain, such as shoes."""
    number = int(seller) if seller.isdigit() else seller
    body = {"site_id": site, "seller_id": number, "domain_id": domain}
    return read_charts(client.search_charts(body).body)
