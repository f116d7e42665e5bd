"""Photographs the pages of a running portal on a desk and a phone: `python -m tests.screenshots URL FOLDER`."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.browser import SIZES, chromium, watched

EVERYONE = {
    "front": "/",
    "demands": "/demands",
    "empty": "/demands?q=飞船&kind=pilot",
    "lists": "/lists",
    "figures": "/figures",
    "test-beds": "/test-beds",
}
FIRM = {"firm": "/firm", "matches": "/firm/matches", "profile": "/firm/profiles", "subscriptions": "/subscriptions"}
AGENCY = {
    "desk": "/desk",
    "work": "/work",
    "write": "/mine/new/edit",
    "imports": "/imports",
    "answers": "/mine/answers",
}
LED = {
    "demand": ("/demands", ".ledger a.title"),
    "list": ("/lists", "ul.plain a.title"),
    "match": ("/firm/matches", "ul.plain a.title"),
    "own-demand": ("/desk", ".board a"),
    "matched": ("/desk", ".waiting a"),
}
"""Pages that another leads to: which, and by which link."""
ROLES = {
    "": (EVERYONE, ("demand", "list")),
    "enterprise": (FIRM, ("match",)),
    "publisher": (AGENCY, ("own-demand", "matched")),
}


def main(url: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for size, viewport in SIZES.items():
            for role, (pages, led) in ROLES.items():
                for seen in watched(browser, url, viewport):
                    if role:
                        _enter(seen.page, url, role)
                    for name, path in pages.items():
                        seen.page.goto(url + path)
                        _photograph(seen.page, folder / f"{name}-{size}.png")
                    for name in led:
                        path, link = LED[name]
                        seen.page.goto(url + path)
                        seen.page.locator(link).first.click()
                        _photograph(seen.page, folder / f"{name}-{size}.png")
        browser.close()


def _enter(page: Page, url: str, role: str) -> None:
    """As the sample organisation that the login page offers for a role."""
    page.goto(f"{url}/login")
    page.locator(f"button[value={role}]").click()
    page.wait_for_url(f"{url}/**")


def _photograph(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
