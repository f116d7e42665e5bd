"""Whom to call is taken out of what everyone reads, and nothing else is."""

import pytest

from common.imports import private
from common.imports.understanding import Understood
from common.sheets.cells import CellPlace
from common.sheets.headers import Heading
from common.sheets.records import Read, SheetColumn

PLACE = CellPlace("清单", 2, 3)
READ = Read(SheetColumn.of("清单", 1, Heading(None, "应用需求")), "", 3)


@pytest.mark.parametrize(
    ("text", "left", "contact"),
    [
        ("线上提交，联系人：王小明，电话：0532-88880000", "线上提交", {"name": "王小明", "phone": "0532-88880000"}),
        ("请联系李工13800000000", "请联系", {"name": "李工", "phone": "13800000000"}),
        ("方案发至wang@example.com。", "方案发至。", {"email": "wang@example.com"}),
        ("电话：88880000", "", {"phone": "88880000"}),
        ("请联系李工，办公电话8888-0000转801", "请联系", {"name": "李工", "phone": "8888-0000转801"}),
        ("年接听电话88880000次", "年接听电话88880000次", {}),
        ("支持电话报警和微信小程序", "支持电话报警和微信小程序", {}),
        ("并发连接数13800000，2024-2025年建成", "并发连接数13800000，2024-2025年建成", {}),
        ("高级工程师12人，负责人须具备高级职称", "高级工程师12人，负责人须具备高级职称", {}),
    ],
)
def test_a_contact_in_a_text_goes_into_the_contact(text: str, left: str, contact: dict[str, str]) -> None:
    row = Understood(PLACE)
    assert private.without_contacts(row, READ, text) == left
    assert row.contact == contact
    assert len(row.remarks) == (left != text)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("王工 0532-88880000", {"name": "王工", "phone": "0532-88880000"}),
        ("联系人：张三；联系电话：13800000000", {"name": "张三", "phone": "13800000000"}),
        ("李女士，88880000", {"name": "李女士", "phone": "88880000"}),
        ("wang@example.com", {"name": "联系人", "email": "wang@example.com"}),
        ("王工", None),
    ],
)
def test_a_column_of_contacts_is_read_whole(text: str, contact: dict[str, str] | None) -> None:
    row = Understood(PLACE)
    private.contact(row, READ, text, part=None)
    assert private.settled(row) == contact
