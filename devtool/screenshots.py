"""Pictures of the running demo for the documentation.

``./dev screenshots`` starts this file in the virtual environment with the demo's
address, the folder for the pictures and the browser.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

LOGIN, PASSWORD = "admin", "admin"
RESELLER = "revenda"
SIZE: ViewportSize = {"width": 1440, "height": 900}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TIMEOUT_MS = 30_000
ANIMATION_MS = 600


@dataclass(frozen=True)
class Picture:
    """One picture: where to go, what must be there, what to do before."""

    name: str
    path: str
    wait_for: str
    actions: Callable[[Page], None] | None = None


def open_first_imported(page: Page) -> None:
    """Open the sale order of an imported order of the inbox."""
    row = page.locator(".o_data_row", has_text="Imported").nth(1)
    row.locator("[name=number]").click()
    page.wait_for_selector(".o_form_view")
    page.locator("button[name=action_open_sale_order]").click()
    page.wait_for_selector(".o_form_view .o_field_one2many[name=order_line]")


def open_its_customer(page: Page) -> None:
    """From there on to the customer."""
    open_first_imported(page)
    page.locator("[name=partner_id] a, [name=partner_id] .o_form_uri").first.click()
    page.wait_for_selector(".o_view_in_channel")


def open_shop_as_reseller(page: Page) -> None:
    """Log in as the reseller of the demo and open the origins of shipment."""
    page.context.clear_cookies()
    page.reload()
    page.locator(".o_pricing_login").first.click()
    page.fill("input[name=login]", RESELLER)
    page.fill("input[name=password]", RESELLER)
    page.click(".oe_login_form button[type=submit]")
    page.click("header .o_pricing_origin .dropdown-toggle:visible")
    page.wait_for_selector("header .o_pricing_origin .dropdown-menu.show")


PICTURES = (
    Picture("dashboard", "/odoo/sales-channels", ".o_channel_flows"),
    Picture("inbox", "/odoo/channel-orders", ".o_data_row"),
    Picture("order", "/odoo/channel-orders", ".o_data_row", open_first_imported),
    Picture("customer", "/odoo/channel-orders", ".o_data_row", open_its_customer),
    Picture("fiscal", "/odoo/arca-work-list", ".o_data_row"),
    Picture("mappings", "/odoo/channel-mappings", ".o_data_row"),
    Picture("channel", "/odoo/sales-channels/1", ".o_form_view"),
    Picture("shop", "/shop", "#wrap", open_shop_as_reseller),
)


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", LOGIN)
    page.fill("input[name=password]", PASSWORD)
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_selector(".o_main_navbar")


def settle(page: Page) -> None:
    """Wait for fonts, pictures and animations; the network never rests."""
    page.mouse.move(0, 0)
    page.wait_for_selector(".o_loading_indicator", state="hidden")
    page.evaluate("document.fonts.ready")
    loaded = "[...document.images].every(i => i.complete || i.loading == 'lazy')"
    page.wait_for_function(loaded)
    page.wait_for_timeout(ANIMATION_MS)


def take(page: Page, url: str, picture: Picture, folder: Path) -> None:
    page.goto(f"{url}{picture.path}")
    page.wait_for_selector(picture.wait_for)
    if picture.actions:
        picture.actions(page)
    settle(page)
    page.screenshot(path=str(folder / f"{picture.name}.png"))
    print(f"{picture.name}.png", flush=True)


def main(arguments: list[str]) -> int:
    url, target, browser_path, *names = arguments
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=list(FLAGS)
        )
        page = browser.new_page(viewport=SIZE, locale="en-US")
        page.set_default_timeout(TIMEOUT_MS)
        log_in(page, url)
        for picture in PICTURES:
            if not names or picture.name in names:
                take(page, url, picture, folder)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
