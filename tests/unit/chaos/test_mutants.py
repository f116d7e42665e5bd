"""The mutants of `make prove` still fit the code, the tests they name exist, and CONTRIBUTING.md tells of each."""

import ast
from pathlib import Path

import pytest

from tests.chaos.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[3]
each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@each_mutant
def test_a_mutant_applies_to_one_place(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.whole) == 1


@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.file.endswith(".py")], ids=lambda mutant: mutant.name)
def test_a_broken_file_is_still_python(mutant: Mutant) -> None:
    if Path(mutant.file).suffix != ".py":
        return  # what is broken is SQL
    sound = (ROOT / mutant.file).read_text(encoding="utf-8")
    ast.parse(sound.replace(mutant.whole, mutant.broken) + mutant.appended)


@each_mutant
def test_the_test_that_must_notice_exists(mutant: Mutant) -> None:
    path, _, name = mutant.test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@each_mutant
def test_the_contributors_are_told_of_it(mutant: Mutant) -> None:
    assert f"`{mutant.name}`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
