"""A seller with a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, sync_playwright

from devtool.screenshots import FLAGS, SIZE, TIMEOUT_MS, log_in


class Seller:
    """Somebody who has logged in to Odoo as the administrator.

    :param url: of Odoo
    """

    def __init__(self, page: Page, url: str):
        self.page = page
        self.url = url
        log_in(page, url)

    def open(self, path: str, tab: str = "") -> None:
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(".o_form_view")
        if tab:
            self.tab(tab)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def choose(self, field: str, label: str) -> None:
        """Choose a value of a selection."""
        self.page.locator(f"[name={field}] input").click()
        self.page.locator(".o_select_menu_item", has_text=label).first.click()

    def pick(self, field: str, name: str) -> None:
        """Choose a record by its name."""
        self.page.locator(f"[name={field}] input").fill(name)
        self.page.locator(".o-autocomplete--dropdown-item", has_text=name).first.click()

    def write_line(self, field: str, line: str, column: str, value: str) -> None:
        """Fill in a cell of a list in a dialog."""
        row = self.page.locator(f".modal [name={field}] .o_data_row", has_text=line)
        row.locator(f"[name={column}]").click()
        row.locator(f"[name={column}] input").fill(value)

    def press(self, name: str) -> None:
        """Press the button that ends a dialog."""
        self.page.locator(f".modal footer [name={name}]").click()
        self.page.wait_for_selector(".modal", state="hidden")

    def fill(self, field: str, value: str) -> None:
        self.page.locator(f"[name={field}] input").fill(value)

    def save(self) -> None:
        self.page.locator(".o_form_button_save").click()
        self.page.wait_for_selector(".o_form_button_save", state="hidden")

    def flow(self, label: str) -> Locator:
        """The row of a flow on the channel's form."""
        return self.page.locator("[name=flow_ids] .o_data_row", has_text=label)

    def dry_run(self, label: str) -> None:
        """Look at what a flow would send."""
        self.flow(label).locator("[name=action_dry_run]").click()
        self.page.wait_for_selector(".modal [name=summary]")

    def lines(self) -> list[str]:
        """What the dry run says of each record."""
        self.page.locator(".modal [name=action_open_lines]").click()
        rows = ".o_action.o_list_view .o_data_row"
        self.page.wait_for_selector(rows)
        return self.page.locator(rows).all_inner_texts()

    def confirm(self) -> None:
        """Let go out what the dry run shows."""
        self.page.locator(".modal [name=action_send]").click()
        self.page.wait_for_selector(".modal", state="hidden")


@contextmanager
def seller(url: str, browser: str) -> Iterator[Seller]:
    """:param browser: path of Chromium"""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=list(FLAGS))
        page = chromium.new_page(viewport=SIZE, locale="en-US")
        page.set_default_timeout(TIMEOUT_MS)
        yield Seller(page, url)
        chromium.close()
