"""A real browser on the portal: Debian's Chromium, driven by Playwright, with an eye on each page it shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[1] / "data" / "axe" / "axe-4.14.1.min.js"
DESK, PHONE = (1280, 900), (360, 740)
SIZES = {"desk": DESK, "phone": PHONE}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium(playwright: Playwright) -> Browser:
    # Without a sandbox of its own, which an account without privileges, or root in a container, cannot have.
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])


class Watched:
    """A page of a fresh browser profile. Whatever it writes to its console as an error is a fault of the page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def see(self, path: str) -> Page:
        """Go there and look."""
        self.page.goto(self.url + path)
        return self.looked_at()

    def looked_at(self) -> Page:
        """Raises AssertionError for a page that not everybody can use (WCAG 2.2 AA), that is wider than its window, or
        that complained."""
        self.page.wait_for_load_state()
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        faults = [
            f"{fault['id']}: {node['html'][:160]} {node['failureSummary']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]
        assert faults == [], self.page.url
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{self.page.url} is {overflow} pixels wider than its window"
        # The browser itself says so of a page that is refused, which is a page like others.
        assert [error for error in self.errors if "Failed to load resource" not in error] == []
        return self.page

    def logged_in(self, scheme: str, code: str, name: str, role: str, person: str = "") -> Page:
        """On the first page after a login by the issuer's form."""
        self.page.goto(f"{self.url}/login")
        return self.enter(scheme, code, name, role, person)

    def enter(self, scheme: str, code: str, name: str, role: str, person: str = "") -> Page:
        """The same from the issuer's form on."""
        self.page.locator("details summary").click()
        for field, value in (("scheme", scheme), ("code", code), ("name", name)):
            self.page.fill(f"#{field}", value)
        self.page.select_option("#role", role)
        self.page.select_option("#person", person)
        self.page.locator("#any > button").click()
        self.page.wait_for_url(f"{self.url}/**")
        return self.page


def watched(browser: Browser, url: str, viewport: tuple[int, int], language: str = "zh") -> Iterator[Watched]:
    width, height = viewport
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = Watched(context.new_page(), url)
    page.page.goto(f"{url}/language/{language}")
    yield page
    context.close()
