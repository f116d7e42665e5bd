"""The document that a host signs, made of a validation's row; pure."""

from typing import Any

from catalog.test_beds.models import TestBed
from catalog.validations import rules
from catalog.validations.models import Validation
from catalog.validations.schemas import MeasurementOut, Named, ReportOut, ResultDocument, TargetIn


def targets(wanted: tuple[TargetIn, ...], bed: TestBed) -> list[dict[str, Any]]:
    """As they are stored, each with where it is measured and with what data, nothing measured yet."""
    return [
        {
            **target.model_dump(mode="json"),
            "site": target.site or bed.site,
            "data_class": target.data_class or bed.data_class,
            **dict.fromkeys(("measured", "is_met", "statement")),
        }
        for target in wanted
    ]


def measured(stored: list[dict[str, Any]], values: tuple[float | None, ...]) -> list[dict[str, Any]]:
    """The stored targets with what was measured."""
    return [_measured(MeasurementOut.model_validate(one), value) for one, value in zip(stored, values, strict=True)]


def _measured(target: MeasurementOut, value: float | None) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(("measured", "is_met", "statement"))
    if value is not None:
        told = {
            "measured": value,
            "is_met": rules.is_met(target, value),
            "statement": rules.statement(target.metric, value, target.unit),
        }
    return {**target.model_dump(mode="json"), **told}


def report(row: Validation) -> ReportOut | None:
    if row.report_sha256 is None:
        return None
    return ReportOut.model_validate({name: getattr(row, f"report_{name}") for name in ReportOut.model_fields})


def document(row: Validation) -> ResultDocument:
    """What would be signed now; of one that was not started, `started_at` is when it was asked for."""
    same = {
        name: getattr(row, name)
        for name in ResultDocument.model_fields
        if name not in ("format", "validation_id", "enterprise", "host", "report", "started_at", "measurements")
    }
    return ResultDocument(
        **same,
        validation_id=row.id,
        enterprise=Named(scheme=row.owner_scheme, code=row.owner_code, name=row.owner_name),
        host=Named(scheme=row.host_scheme, code=row.host_code, name=row.host_name),
        started_at=row.started_at or row.created_at,
        measurements=tuple(map(MeasurementOut.model_validate, row.measurements)),
        report=report(row),
    )
