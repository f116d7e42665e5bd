"""What is counted is counted as a whole, or said to be more."""

from typing import Any

from portal.api import Call
from portal.public.pages import at_least
from tests.unit.portal.lent import DEMAND, LentPortal
from tests.unit.portal.test_saving import WHOLE

IMPORT = {
    "id": DEMAND,
    "state": "read",
    "file_name": "a.csv",
    "good_count": 900,
    "warned_count": 0,
    "bad_count": 901,
    "same_count": 0,
    "committed_count": 0,
    "refusal": None,
}


def two_pages(items: list[Any]) -> Any:
    """An operation that gives them twice, on two pages."""

    def reply(call: Call) -> Any:
        return {"items": items, "cursor": None if call.query.get("cursor") else "next"}

    return reply


def test_the_front_page_counts_beyond_the_first_page_of_an_api() -> None:
    open_now = two_pages([{**WHOLE, "state": "published"}] * 200)
    assert "（400）" in LentPortal({"catalog.list_demands": open_now}).browser.get("/").text


def test_a_list_shows_all_its_entries() -> None:
    one = {"id": DEMAND, "year": 2026, "title": "清单", "owner_name": "某委", "batch": 1, "edition": 1}
    one |= dict.fromkeys(("published_at", "supersedes", "superseded_by", "note", "reason", "digest"))
    one["state"] = "published"
    entry = {**WHOLE, "demand_id": DEMAND, "demand_version": 1, "level": None}
    replies = {"catalog.read_list": one, "catalog.list_entries": two_pages([entry] * 200)}
    assert "400 项场景" in LentPortal(replies).browser.get(f"/lists/{DEMAND}").text


def test_rows_of_a_spreadsheet_are_counted_by_its_report() -> None:
    rows = {"items": [{"place": "A1", "number": 1, "remarks": [], "cells": [], "content": {}}] * 200, "cursor": "next"}
    portal = LentPortal({"catalog.read_import": IMPORT, "catalog.list_import_rows": rows}, "publisher")
    page = portal.browser.get(f"/imports/{DEMAND}").text
    assert "901" in page.split("<h2>")[1].split("</h2>")[0]
    assert "前 200 行" in page


def test_a_count_that_may_go_on_says_so() -> None:
    assert (at_least(199, 200), at_least(200, 200)) == ("199", "200+")
