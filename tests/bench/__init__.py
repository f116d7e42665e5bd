"""Figures beside their baselines."""

import os

# openpyxl reads slower where defusedxml is installed, as tools of this project have it here and no service does.
os.environ.setdefault("OPENPYXL_DEFUSEDXML", "False")
