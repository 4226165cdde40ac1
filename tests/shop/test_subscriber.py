"""The subscriber of the documentation, in the real shop."""

from e2e.stage import wait_until

from shop.shop import Shop, ShopChannel


def test_an_order_that_is_announced_arrives_by_itself(
    shop: Shop, channel: ShopChannel
) -> None:
    (server,) = channel.stage.servers
    shop.server.restart(
        {
            "ODOO_URL": f"{server.url}/channel/medusa/notifications",
            "ODOO_SECRET": shop.keys.secret_key,
        }
    )
    article = shop.new_article(stock=2)
    channel.stock_article(article)
    bought = str(shop.visitor.buy({article.sku: 1})["id"])

    def state() -> str:
        return str(channel.order(bought)["state"])

    wait_until(lambda: state() == "reserved", "the purchase arrives", 60)
    shop.admin.capture(bought)
    wait_until(lambda: state() == "imported", "the payment arrives", 60)
