"""Published lists as files: what they say, that they are the same each time, and that others can read them."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from rdflib import Graph, Namespace
from rdflib.namespace import RDF

from catalog.imports.noun import Demands
from catalog.lists.exports import docx, forms, jsonld, xlsx
from catalog.lists.exports.edition import PublishedEdition
from catalog.lists.exports.table import itemised
from common.auth import Principal
from common.errors import NotAcceptable
from common.fields import OrganisationKey
from common.imports.noun import Context
from common.imports.reading import FileReading, ReadRow
from common.imports.settings import ImportSettings
from common.sheets import texts
from common.sheets.opening import opened
from common.tracks import QINGDAO
from tests.support.editions import CLAUSE, OWNER, edition, entry, sample_entries

SCHEMA = Namespace("https://schema.org/")
LATER = datetime(2027, 4, 1, tzinfo=UTC)
LIMITS = ImportSettings.model_validate({}).file_limits


@pytest.mark.parametrize("form", forms.FORMS, ids=lambda form: form.name)
def test_equal_lists_are_equal_files(form: forms.Form, monkeypatch: pytest.MonkeyPatch) -> None:
    first = form.render(edition(entry(), entry("集卡定位")))
    monkeypatch.setattr("time.time", lambda: LATER.timestamp())
    assert form.render(edition(entry(), entry("集卡定位"))) == first
    assert form.render(edition(entry(), entry("集卡定位", need="另一需求"))) != first


def test_a_workbook_is_dated_by_the_publication() -> None:
    published = edition(entry())
    created = load_workbook(io.BytesIO(xlsx.render(published))).properties.created
    assert created.replace(tzinfo=UTC) == published.published_at.replace(microsecond=0)


def read_back(content: bytes) -> tuple[FileReading, list[ReadRow]]:
    """As an import of demands reads it."""
    caller = Principal(
        subject="x",
        organisation=OrganisationKey(**OWNER),
        organisation_name="青岛港（示例）",
        roles=frozenset({"publisher"}),
    )
    reading = FileReading(opened(content, LIMITS), Demands(), Context(caller, "scenario", LATER, QINGDAO), LIMITS)
    return reading, [row for batch in reading.batches(100) for row in batch]


def clauses_of(one: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((str(clause["kind"]), clause["text"]) for clause in one["clauses"])


def test_a_workbook_of_all_samples_is_read_back_without_a_remark() -> None:
    entries = sample_entries()
    reading, rows = read_back(xlsx.render(edition(*entries)))
    assert {row.number: row.remarks for row in rows if row.remarks} == {}
    assert reading.sheets[0].skipped == {}
    header = reading.sheets[0].header
    assert header is not None
    assert [heading.text for heading in header.headings.values() if heading.column is None] == []
    assert len(rows) == len(entries) > 20
    for row, one in zip(rows, entries, strict=True):
        same = ("title", "need", "domain", "tracks", "division", "docking", "policies", "procurement_route")
        assert {name: row.body[name] for name in same if one[name]} == {name: one[name] for name in same if one[name]}
        assert (row.body["budget_min_fen"], row.body["budget_max_fen"]) == (
            one["budget_min_fen"],
            one["budget_max_fen"],
        )
        assert (row.body["closes_at"], clauses_of(row.body)) == (one["closes_at"], clauses_of(one))


def test_another_owner_and_a_document_are_read_back_too() -> None:
    _, [row] = read_back(xlsx.render(edition(entry(owner_name="海尔集团（示例）"))))
    assert (row.remarks, row.body["need"].splitlines()[1]) == ([], "需求单位：海尔集团（示例）")
    _, [row] = read_back(docx.render(edition(entry())))
    assert (row.remarks, row.body["title"], row.body["policies"]) == ([], "箱体残损识别", entry()["policies"])


HOSTILE = ("=1+1", "@SUM(A1)", "mailto:a@example.com", "+8", "<b>&amp;</b>", "007", "_x000D_", "a\r\nb", "\ufffe末")


@pytest.mark.parametrize("said", HOSTILE)
def test_texts_stay_the_texts_they_are(said: str) -> None:
    made = edition(entry(title=said, need=said), title=said)
    sheet = load_workbook(io.BytesIO(xlsx.render(made))).active
    assert sheet is not None
    cells = [sheet["A1"], sheet["B3"], sheet["C3"]]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    [table] = opened(docx.render(made), LIMITS).sheets
    _, row = table.rows()
    assert row.values[1:3] == [said.replace("\r", "").replace("\ufffe", "")] * 2


def test_what_no_cell_can_hold_is_cut_and_says_so() -> None:
    long = entry(clauses=[{**CLAUSE, "text": str(place) * 19_999} for place in range(2)])
    sheet = load_workbook(io.BytesIO(xlsx.render(edition(long)))).active
    assert sheet is not None
    assert len(sheet["D3"].value) == 32_767
    assert sheet["D3"].value.endswith("…")


@given(st.lists(st.text("文字ab12", min_size=1).filter(lambda text: not text[0].isdigit()), min_size=2, max_size=40))
def test_what_is_listed_in_one_cell_is_read_as_it_was(items: list[str]) -> None:
    assert texts.clauses(itemised(items)) == items


def test_a_document_is_one_that_word_processors_open() -> None:
    with zipfile.ZipFile(io.BytesIO(docx.render(edition(entry())))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        text = archive.read("word/document.xml").decode()
    assert "青岛市2027年度应用场景清单（第一批）" in text
    assert "2027-03-01　第 1 版" in text
    assert "性能" not in text  # the columns of a page name clauses by their headers
    assert "技术指标：残损识别准确率不低于96%" in text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own use of it
def test_linked_data_has_each_entry_as_a_demand_that_somebody_seeks() -> None:
    made = edition(entry(), entry("集卡定位", division=None, budget_max_fen=None, closes_at=None))
    graph = Graph().parse(data=jsonld.render(made), format="json-ld")
    demands = set(graph.subjects(RDF.type, SCHEMA.Demand))
    assert {str(name) for demand in demands for name in graph.objects(demand, SCHEMA.name)} == {
        "箱体残损识别",
        "集卡定位",
    }
    seekers = {
        str(name)
        for demand in demands
        for one in graph.subjects(SCHEMA.seeks, demand)
        for name in graph.objects(one, SCHEMA.name)
    }
    assert seekers == {"青岛港（示例）"}
    [listed] = graph.subjects(RDF.type, SCHEMA.ItemList)
    assert [str(count) for count in graph.objects(listed, SCHEMA.numberOfItems)] == ["2"]
    bounds = {str(value) for value in graph.objects(None, SCHEMA.minValue)}
    assert bounds == {"96"}
    [digest] = graph.objects(graph.value(listed, SCHEMA.identifier), SCHEMA.value)
    assert str(digest) == made.digest


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/html, application/ld+json;q=0.9, */*;q=0.1", "jsonld"),
        ("application/*;q=0.5, application/ld+json;q=0.4", "json"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        ("Application/VND.openxmlformats-officedocument.wordprocessingml.document ; q=1", "docx"),
        ("application/json;q=0, */*", "jsonld"),
        ("application/json;q=x, application/ld+json;q=0.001", "jsonld"),
    ],
)
def test_a_reader_gets_what_it_likes_best(accept: str | None, name: str) -> None:
    assert forms.accepted(accept).name == name


@pytest.mark.parametrize("accept", ["text/html", "image/*", "*/*;q=0", "", ";", "application/json;q=nan"])
def test_who_accepts_none_is_told_what_there_is(accept: str) -> None:
    if not accept:
        assert forms.accepted(accept).name == "json"
        return
    with pytest.raises(NotAcceptable, match="xlsx"):
        forms.accepted(accept)


def test_the_document_itself_is_handed_out_as_it_was_digested() -> None:
    made = edition(entry())
    render: Callable[[PublishedEdition], bytes] = forms.accepted("application/json").render
    assert render(made) == made.content
    assert json.loads(made.content) == made.document
