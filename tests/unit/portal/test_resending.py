"""A form sent twice does one thing, and one that could not be saved comes back as it was filled in."""

import re
from typing import Any

import pytest

from portal.api import ApiDown, ApiRefused, Call, repeat_key
from tests.unit.portal.lent import DEMAND, LentPortal

FORM = "01890a5d-ac96-774b-bcce-b302099a8059"
QUESTIONS = f"/demands/{DEMAND}/questions"


def keys(portal: LentPortal, name: str) -> list[Any]:
    return [call.key for said, call in portal.apis.asked if said == name]


def test_a_page_s_form_carries_a_key() -> None:
    page = LentPortal({"catalog.read_demand": ApiRefused(404, {})}, "publisher").browser.get("/mine/new/edit").text
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', page)


def test_a_double_click_is_one_request_and_another_text_another() -> None:
    portal = LentPortal({}, "enterprise")
    for said in ("夜间也要识别吗？", "夜间也要识别吗？", "雨天呢？"):
        portal.post(QUESTIONS, text=said, key=FORM)
    first, again, other = keys(portal, "catalog.create_question")
    assert first == again != other


@pytest.mark.parametrize("key", ["", "x" * 200])
def test_a_key_that_no_page_made_is_not_taken(key: str) -> None:
    portal = LentPortal({}, "enterprise")
    for _ in range(2):
        portal.post(QUESTIONS, text="?", key=key)
    assert keys(portal, "catalog.create_question") == [None, None]  # each gets a new one


@pytest.mark.parametrize("other", [Call({"id": "b"}, body=b"1"), Call({"id": "a"}, body=b"2"), Call({"id": "a"})])
def test_a_key_is_of_one_request(other: Call) -> None:
    call = Call({"id": "a"}, body=b"1")
    assert repeat_key(FORM, "x", call) == repeat_key(FORM, "x", call) != repeat_key(FORM, "x", other)
    assert repeat_key(FORM, "x", call) != repeat_key(FORM, "y", call)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ApiRefused(412, {"detail": "changed"}), 412),
        (ApiRefused(409, {"detail": "华隆S9300", "errors": [{"pointer": "#/need", "detail": "指名品牌"}]}), 409),
        (ApiDown("catalog"), 503),
    ],
)
def test_a_demand_that_could_not_be_saved_comes_back_as_it_was_written(error: Exception, status: int) -> None:
    portal = LentPortal({"catalog.create_demand": error, "matcher.review_demand": ApiDown("matcher")}, "publisher")
    reply = portal.post("/mine/new/edit", title="岸桥减速箱", need="提前预警", key=FORM)
    assert (reply.status_code, "岸桥减速箱" in reply.text, 'role="alert"' in reply.text) == (status, True, True)
    assert f'name="key" value="{FORM}"' in reply.text  # to be sent again as the same request


@pytest.mark.parametrize(("error", "status"), [(ApiRefused(412, {}), 412), (ApiDown("matcher"), 503)])
def test_a_profile_that_could_not_be_saved_comes_back_as_it_was_written(error: Exception, status: int) -> None:
    portal = LentPortal({"matcher.create_profile": error, "matcher.find_fits": error}, "enterprise")
    reply = portal.post("/firm/profiles/new", headline="箱体残损识别")
    assert (reply.status_code, "箱体残损识别" in reply.text, 'role="alert"' in reply.text) == (status, True, True)
