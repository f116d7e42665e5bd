"""The profile editor sends what its form says, and leaves alone what it does not."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from portal.api import ApiRefused
from portal.enterprise import offers
from tests.unit.portal.lent import DEMAND, LentPortal
from tests.unit.portal.test_saving import FormFields
from tests.unit.portal.test_words import CONTRACTS

PATH = f"/firm/profiles/{DEMAND}"
OLD_FORM = {"headline": "岸桥预测性维护", "offer_kind": "solution", "version": "3"}
"""Of a page that the release before drew: who may read the profile is not in it."""
NEWER = ("visibility", "ownership", "size_class")


def portal(**replies: Any) -> LentPortal:
    return LentPortal(
        {"matcher.replace_profile": {}, "matcher.find_fits": ApiRefused(422, {}), **replies}, "enterprise"
    )


def test_a_form_of_the_release_before_publishes_nothing_that_was_hidden() -> None:
    lent = portal()
    assert lent.post(PATH, **OLD_FORM).status_code == 303
    [sent] = lent.apis.sent("matcher.replace_profile")
    assert [sent.get(name) for name in NEWER] == [None] * 3
    assert not {"ownership", "size_class"} & sent.keys()


def test_nor_does_it_once_it_is_shown_again() -> None:
    lent = portal()
    page = lent.post(PATH, **OLD_FORM, more="items")
    assert FormFields(page.text).fields["visibility"] == ""


def test_whoever_clears_a_trait_has_it_cleared() -> None:
    lent = portal()
    lent.post(PATH, **OLD_FORM, visibility="hidden", ownership="", size_class="small")
    [sent] = lent.apis.sent("matcher.replace_profile")
    assert [sent[name] for name in NEWER] == ["hidden", None, "small"]


@pytest.mark.parametrize(
    ("options", "vocabulary"),
    [
        (offers.OFFER_KINDS, "OfferKind"),
        (offers.VISIBILITIES, "ProfileVisibility"),
        (offers.TRAITS["ownership"], "OwnershipForm"),
        (offers.TRAITS["size_class"], "SizeClass"),
    ],
)
def test_the_choices_are_all_that_the_api_knows(options: Sequence[str], vocabulary: str) -> None:
    schemas = json.loads((CONTRACTS / "matcher.json").read_text())["components"]["schemas"]
    assert sorted(options) == sorted(schemas[vocabulary]["enum"])
