"""A verb starts with what it needs alone."""

import subprocess
import sys

import pytest

COSTLY = ("fastapi", "uvicorn", "nats", "alembic", "ctranslate2", "catalog.app", "matcher.app", "notify.app")
"""Two seconds of a start together."""

RARE = (
    "openpyxl",
    "xlrd",
    "xlsxwriter",
    "icalendar",
    "alembic",
    "opentelemetry.sdk",
    "pandas",
    "PIL",
    "lxml",
    "rjieba",
)
"""What few requests need, a quarter of a second of each service's start together."""


def test_a_verb_waits_for_no_imports_of_others() -> None:
    asked = (
        "import sys, catalog.__main__, matcher.__main__, notify.__main__;"
        f"print([name for name in {COSTLY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("service", ["catalog", "matcher", "notify", "portal"])
def test_serving_starts_without_what_few_requests_need(service: str) -> None:
    asked = f"import sys, {service}.app; print([name for name in {RARE!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
