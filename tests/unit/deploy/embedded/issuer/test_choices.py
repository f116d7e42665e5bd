"""The page of choices offers every role by a name, in both languages."""

import json

import pytest

from common.roles import Role
from deploy.embedded.issuer import choices

WORDS = json.loads((choices.FOLDER / "words.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_role_can_be_chosen_by_its_name(language: str) -> None:
    html = choices.page({}, language)
    assert [role for role in Role if f'<option value="{role}">{WORDS[language].get(role)}' not in html] == []
