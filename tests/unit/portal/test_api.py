"""The client refuses what no API has, before anything is sent."""

import pytest

from portal.api import ApiRefused, Call, UnknownOperation, operations, request_line


def test_the_table_knows_every_service() -> None:
    assert {operation.service for operation in operations().values()} == {"catalog", "matcher", "notify"}


def test_a_call_becomes_a_path_with_its_query() -> None:
    operation, line = request_line("catalog.list_demands", Call(query={"q": "港口 机器人", "mine": True, "kind": None}))
    assert (operation.method, line) == (
        "GET",
        "/v1/demands?q=%E6%B8%AF%E5%8F%A3+%E6%9C%BA%E5%99%A8%E4%BA%BA&mine=true",
    )


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("catalog.list_dreams", Call()),
        ("catalog.list_demands", Call(query={"colour": "red"})),
        ("catalog.read_demand", Call()),
    ],
)
def test_what_no_api_has_is_refused(name: str, call: Call) -> None:
    with pytest.raises(UnknownOperation):
        request_line(name, call)


def test_a_value_stays_within_its_segment() -> None:
    at = {"demand_id": "a/../b?x#y", "name": "图 1.pdf"}
    _, line = request_line("catalog.read_attachment", Call(at))
    assert line == "/v1/demands/a%2F..%2Fb%3Fx%23y/attachments/%E5%9B%BE%201.pdf"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_leads_elsewhere_finds_nothing(value: str) -> None:
    with pytest.raises(ApiRefused) as refused:
        request_line("catalog.read_demand", Call({"demand_id": value}))
    assert refused.value.status == 404
