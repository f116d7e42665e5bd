"""What the page of some nouns shows beside facts and steps, by their names."""

from collections.abc import Awaitable, Callable, Mapping

from portal.api import Call, Json
from portal.public.pages import MOST
from portal.visits import Visit, together
from portal.work import editions

Extra = Callable[[Visit, Json], Awaitable[Json]]


async def _validation(visit: Visit, record: Json) -> Json:
    """Figures with what was measured, free slots to choose from, and whether its signature holds."""
    at = {"validation_id": record["id"]}
    slots, verified = await together(
        visit.items("catalog.list_test_slots", Call({"test_bed_id": record["test_bed_id"]}, {"limit": MOST})),
        visit.try_("catalog.read_verification", Call(at)) if record["signed_at"] else _nothing(),
    )
    return {"slots": [each for each in slots if each["free_count"]], "verified": verified}


async def _test_bed(visit: Visit, record: Json) -> Json:
    call = Call({"test_bed_id": record["id"]}, {"limit": MOST})
    return {"slots": await visit.items("catalog.list_test_slots", call)}


async def _nothing() -> Json | None:
    return None


EXTRAS: Mapping[str, Extra] = {"lists": editions.extra, "validations": _validation, "test_beds": _test_bed}


async def of(visit: Visit, name: str, record: Json) -> Json:
    return await EXTRAS[name](visit, record) if name in EXTRAS else {}
