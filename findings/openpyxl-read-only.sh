#!/bin/bash
# openpyxl's read-only mode on valid workbooks: a cell in the last row makes a million rows, a wrong dimension hides rows, values under
# merged cells are shown as values and no merged ranges are told, and _x000D_ stays in texts.
set -e
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"; "$folder/env/bin/pip" install -q openpyxl==3.1.5
"$folder/env/bin/python" - <<'PY'
import io, zipfile
import openpyxl
from openpyxl import Workbook, load_workbook

SHEET = "xl/worksheets/sheet1.xml"

def made(change):
    book = Workbook()
    book.active.append(["名称", "单位"]); book.active.append(["甲", "青岛港"]); book.active.append(["乙_x000D_", "旧值"])
    kept = io.BytesIO(); book.save(kept)
    parts = zipfile.ZipFile(io.BytesIO(kept.getvalue())); out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in parts.namelist():
            content = parts.read(name)
            archive.writestr(name, change(content) if name == SHEET else content)
    return out.getvalue()

def read(content, **more):
    return load_workbook(io.BytesIO(content), read_only=True, **more).active

print("openpyxl", openpyxl.__version__)
wrong = read(made(lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1"')))
rows = list(wrong.iter_rows(values_only=True)); print("dimension A1, three rows stored:", rows)
assert rows == [("名称",)], "a wrong dimension is no longer believed"
far = read(made(lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')))
far.reset_dimensions(); count = sum(1 for _ in far.iter_rows()); print("four rows stored, one of them the last there is; rows made:", count)
assert count == 1048576, "gaps are no longer filled"
merged = read(made(lambda xml: xml.replace(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>')))
beneath = list(merged.iter_rows(values_only=True))[2][1]; print("under the merge B2:B3:", beneath, "; tells ranges:", hasattr(merged, "merged_cells"))
assert beneath == "旧值" and not hasattr(merged, "merged_cells"), "merged ranges are told"
text = list(merged.iter_rows(values_only=True))[2][0]; print("a text with an escaped carriage return:", repr(text))
assert text == "乙_x000D_", "escaped characters are read as what they stand for"
PY
