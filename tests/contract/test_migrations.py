"""A migration takes nothing away that the previous release, running on while the new one comes, still needs."""

from pathlib import Path

import pytest

from tests.contract.migration_rules import MARKER, faults, not_to_be_tried_again, waits

ROOT = Path(__file__).parents[2]
MIGRATIONS = sorted(ROOT.glob("services/*/migrations/versions/m*.py"))
BEFORE_THE_RULE = {"notify/m0002_each_wish_once.py": "unfit for a release before it until m0006 gave `wish` a default"}
INDEXED_PLAINLY = {
    "catalog/m0007_one_history.py": "the table has the lock already, as the migration renames it",
    "matcher/m0007_job_urgency.py": "a queue that is empty most of the time",
    "notify/m0002_each_wish_once.py": "subscriptions are few, and each is in the index as it is made unique",
    "notify/m0008_concerns.py": "subscriptions are few",
}
"""Migrations whose plain indexes nobody waits for, and why."""
HEAD = "from alembic import op\nimport sqlalchemy as sa\n\ndef upgrade():\n    "

DESTRUCTIVE = (
    "op.drop_table('demands')",
    "op.drop_column('demands', 'title')",
    "op.rename_table('demands', 'needs')",
    "op.alter_column('demands', 'title', new_column_name='name')",
    "op.alter_column('demands', 'title', type_=sa.Integer)",
    "op.alter_column('demands', 'title', nullable=False)",
    "op.add_column('demands', sa.Column('mood', sa.Text, nullable=False))",
    "op.create_unique_constraint('uq', 'demands', ['title'])",
    "op.create_check_constraint('ck', 'demands', 'fit > 0')",
    "op.create_foreign_key('fk', 'demands', 'organisations', ['a'], ['b'])",
    "op.create_index('ix', 'demands', ['title'], unique=True)",
    "op.execute('ALTER TABLE demands DROP COLUMN title')",
    "op.execute('DROP TABLE ' + 'demands')",
    "op.execute(f'ALTER TABLE {name} RENAME TO needs')",
    "op.execute('alter table demands alter column title type integer')",
    "op.execute('ALTER TABLE demands ALTER COLUMN title SET NOT NULL')",
    "op.execute(sa.text('DELETE FROM demands'))",
    "op.execute('TRUNCATE demands')",
    "op.execute('ALTER TABLE demands ADD CONSTRAINT c CHECK (fit > 0)')",
    "op.execute('CREATE UNIQUE INDEX CONCURRENTLY i ON demands (title)')",
    "op.execute(STATEMENT)",
)
HARMLESS = (
    "op.add_column('demands', sa.Column('mood', sa.Text))",
    "op.add_column('demands', sa.Column('mood', sa.Text, nullable=False, server_default=''))",
    "op.create_table('moods', sa.Column('id', sa.Uuid)); op.create_index('ix', 'moods', ['id'], unique=True)",
    "op.create_index('ix', 'demands', ['title'])",
    "op.alter_column('demands', 'title', nullable=True)",
    "op.alter_column('demands', 'title', server_default='')",
    "op.drop_index('ix')",
    "op.execute('DROP INDEX CONCURRENTLY IF EXISTS ix')",
    "op.execute('ALTER TABLE demands ALTER COLUMN title DROP NOT NULL')",
    "op.execute('UPDATE demands SET title = need')",
)


def name(path: Path) -> str:
    return f"{path.parents[2].name}/{path.name}"


@pytest.mark.parametrize("path", MIGRATIONS, ids=name)
def test_a_migration_leaves_the_previous_release_what_it_needs(path: Path) -> None:
    found = [] if name(path) in BEFORE_THE_RULE else faults(path.read_text())
    assert found == [], f"expand now, contract a release later; or say why in {MARKER} (CONTRIBUTING.md, a table)"


@pytest.mark.parametrize("path", MIGRATIONS, ids=name)
def test_a_migration_may_be_tried_again(path: Path) -> None:
    assert not_to_be_tried_again(path.read_text()) == []


@pytest.mark.parametrize("before", ["op.add_column('demands', sa.Column('mood', sa.Text))", "op.execute('SELECT 1')"])
def test_what_stands_beside_an_autocommit_block_is_refused(before: str) -> None:
    block = "with op.get_context().autocommit_block():\n        op.execute('VACUUM demands')"
    assert not_to_be_tried_again(f"{HEAD}{before}\n    {block}")
    assert not_to_be_tried_again(f"{HEAD}{block}\n    {before}")
    assert not_to_be_tried_again(HEAD + block) == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=name)
def test_nobody_who_writes_waits_for_an_index(path: Path) -> None:
    found = [] if name(path) in INDEXED_PLAINLY else waits(path.read_text())
    assert found == [], "create_index_beside_writers, in a migration of its own"


@pytest.mark.parametrize(
    ("statement", "is_awaited"),
    [
        ("op.create_index('ix', 'demands', ['title'])", True),
        ("op.create_index('ix', table, ['title'])", True),
        ("op.create_index('ix', 'demands', ['title'], postgresql_concurrently=True)", False),
        ("op.create_table('moods', sa.Column('id', sa.Uuid)); op.create_index('ix', 'moods', ['id'])", False),
        ("op.create_table('moods', sa.Column('id', sa.Uuid)); op.create_index('ix', 'demands', ['id'])", True),
    ],
)
def test_an_index_that_is_waited_for_is_found(statement: str, is_awaited: bool) -> None:
    assert bool(waits(HEAD + statement)) is is_awaited


@pytest.mark.parametrize("statement", DESTRUCTIVE)
def test_what_takes_away_is_refused(statement: str) -> None:
    assert faults(HEAD + statement)


@pytest.mark.parametrize("statement", DESTRUCTIVE)
def test_what_takes_away_passes_with_a_reason(statement: str) -> None:
    assert faults(f"{MARKER} = 'nothing has read it since 0.4'\n{HEAD}{statement}") == []


@pytest.mark.parametrize("statement", HARMLESS)
def test_what_only_adds_passes(statement: str) -> None:
    assert faults(HEAD + statement) == []
