#!/bin/bash
# xlrd shows the last value of a formula like any other: no attribute of the cell tells that it computes, so stale values pass for typed ones.
set -e
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"; "$folder/env/bin/pip" install -q xlrd==2.0.2 xlwt==1.3.0
"$folder/env/bin/python" - "$folder" <<'PY'
import struct, sys
import xlrd, xlwt

book = xlwt.Workbook(); sheet = book.add_sheet("清单")
sheet.write(0, 0, 7); sheet.write(0, 1, xlwt.Formula("A1*2")); book.save(sys.argv[1] + "/a.xls")
read = xlrd.open_workbook(sys.argv[1] + "/a.xls", formatting_info=True, on_demand=True)
typed, computed = read.sheet_by_index(0).row(0)
print("xlrd", xlrd.__version__, "typed:", typed, "computed:", computed, "attributes:", sorted(vars(type(computed)).get("__slots__", ())))
assert typed.ctype == xlrd.XL_CELL_NUMBER and computed.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_TEXT), "formulas have a type of their own"
PY
