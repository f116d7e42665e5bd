"""The records of scenario lists: who is what to one, what everyone reads of it, and who sees it before that."""

from collections.abc import Collection
from typing import Any

from catalog.lists import rules
from catalog.lists.models import ScenarioList
from catalog.lists.rules import ListParty
from catalog.lists.schemas import ListOut
from catalog.records.records import Records
from common.auth import Principal


def parties_to(row: ScenarioList, caller: Principal) -> Collection[ListParty]:
    is_own = row.owner_key == caller.organisation
    return rules.parties(caller.roles, is_own=is_own, submitted_by=row.submitted_by, caller=caller.caller)


def text_of(row: ScenarioList) -> dict[str, Any] | None:
    return ListOut.model_validate(row).model_dump(mode="json") if row.state in rules.PUBLIC else None


class ScenarioLists(Records[ScenarioList]):
    """Those who may take no step may see some, too: a survey, and what their own organisation drafts."""

    def is_visible(self, row: ScenarioList, visitor: Principal | None) -> bool:
        if super().is_visible(row, visitor):
            return True
        return visitor is not None and (
            row.owner_key == visitor.organisation or rules.is_surveyed(row.state, visitor.roles)
        )


LISTS = ScenarioLists(ScenarioList, rules.LIFE, parties_to, text_of)
