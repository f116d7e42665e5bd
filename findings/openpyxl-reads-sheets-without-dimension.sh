#!/usr/bin/env bash
# openpyxl 3.1.5: load_workbook(read_only=True) reads a sheet to its end before the first row is asked for, when the sheet
# has no <dimension> - as none has that openpyxl's own write_only mode wrote. Reading row by row then reads all twice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openpyxl==3.1.5
"$folder/venv/bin/python" - <<'PYTHON'
import io
import zipfile

import openpyxl

book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet("list")
for at in range(20_000):
    sheet.append([at, f"row {at * 7919 % 10_007}", at * at % 99_991])
kept = io.BytesIO()
book.save(kept)

with_dimension = io.BytesIO()
with zipfile.ZipFile(kept) as old, zipfile.ZipFile(with_dimension, "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        content = old.read(name)
        if name == "xl/worksheets/sheet1.xml":
            assert b"<dimension" not in content
            content = content.replace(b"<sheetViews>", b'<dimension ref="A1:C20000"/><sheetViews>', 1)
            assert b"<dimension" in content
        new.writestr(name, content)


class Counted(io.BytesIO):
    taken = 0

    def read(self, size=-1):
        data = super().read(size)
        self.taken += len(data)
        return data


def taken(content):
    source = Counted(content)
    openpyxl.load_workbook(source, read_only=True)
    return source.taken / len(content)


without, with_it = taken(kept.getvalue()), taken(with_dimension.getvalue())
print(f"openpyxl {openpyxl.__version__}: share of the file read by load_workbook(read_only=True)")
print(f"  without <dimension>: {without:.0%}, with it: {with_it:.0%}")
raise SystemExit(0 if without > 0.9 and with_it < 0.5 else 1)
PYTHON
