"""The sample demands and offers as catalog would publish and an enterprise would send them."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from common.contracts.catalog import DemandSnapshot
from common.contracts.words import DemandState
from common.fields import OrganisationKey
from matcher.subjects.profiles.offer import Offer

SAMPLES = Path(__file__).parents[2] / "deploy" / "embedded" / "samples"
LOADED_AT = datetime(2026, 1, 19, tzinfo=UTC)


@cache
def rows(name: str) -> dict[str, dict[str, Any]]:
    lines = (SAMPLES / name).read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert len({record["id"] for record in records}) == len(records), f"an id repeats in {name}"
    return {record["id"]: record for record in records}


def snapshot(row: dict[str, Any]) -> DemandSnapshot:
    """Without the fields that only the samples have."""
    owner = rows("organisations.jsonl")[row["owner"]]
    kept = {key: value for key, value in row.items() if key not in {"id", "owner", "text", "closes_in_days", "twin_of"}}
    return DemandSnapshot(
        id=uuid5(NAMESPACE_URL, row["id"]),
        version=1,
        state=DemandState.PUBLISHED,
        owner=OrganisationKey(scheme=owner["scheme"], code=owner["code"]),
        owner_name=owner["name"],
        need=row["text"],
        closes_at=LOADED_AT + timedelta(days=row["closes_in_days"]),
        **kept,
    )


def offer(row: dict[str, Any]) -> Offer:
    kept = {name: row[name] for name in ("offer_kind", "language", "tracks", "items", "cases", "products")}
    return Offer.model_validate({"headline": row["title"], "summary": row["text"], **kept})
