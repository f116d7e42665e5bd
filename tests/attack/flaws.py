"""The flaws that the suite must find, of flaws.toml, and the broken guarantees that are flaws of the same kinds."""

import tomllib
from pathlib import Path

from tests.chaos.mutants import MUTANTS, Mutant

BESIDE = frozenset(
    {
        "body-endless",
        "budget-endless",
        "budgets-boundless",
        "competitors-shown",
        "erased-replayed",
        "head-boundless",
        "head-endless",
        "hot-read-unasked",
        "key-ids-fetched",
        "loopback-and-more",
        "own-review",
        "private-address",
        "role-unasked",
        "solution-unsealed",
        "text-after-consent",
        "token-outlives-key",
    }
)
PLANTED = tuple(Mutant(**each) for each in tomllib.loads(Path(__file__).with_suffix(".toml").read_text())["flaw"])
FLAWS = (*PLANTED, *(one for one in MUTANTS if one.name in BESIDE))
