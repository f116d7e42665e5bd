"""The chain over the audit: whatever of it is changed by SQL is found, with its place, and nobody waits to write."""

from argparse import Namespace
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from catalog.history.models import AUDIT
from catalog.settings import CatalogSettings
from common.audit import command, sealing
from common.audit.chain import START, ChainHead, head_of
from common.audit.verifying import AuditVerdict
from tests.integration.catalog.service_under_test import CatalogUnderTest

COLUMNS = ", ".join(AUDIT.c.keys()[1:])
Places = list[tuple[int | None, str]]


async def sealed(catalog: CatalogUnderTest) -> ChainHead:
    """Twelve entries of three demands, in the chain."""
    for _ in range(3):
        await catalog.a_published_demand()
    for _ in range(3):
        await catalog.a_draft()
    async with catalog.database.begin() as session:
        head = await sealing.seal(session, AUDIT)
    assert head is not None
    assert head.position == 12
    return head


async def verdict(catalog: CatalogUnderTest, *anchors: ChainHead) -> AuditVerdict:
    return await command.verified(catalog.database, AUDIT, list(anchors))


async def changed(catalog: CatalogUnderTest, *statements: str) -> Places:
    """Places and what is wrong there after somebody changed something by SQL."""
    async with catalog.database.begin() as session:
        for statement in statements:
            await session.execute(text(statement))
    return [(fault.position, fault.what) for fault in (await verdict(catalog)).faults]


def entry(position: int) -> str:
    return f"(SELECT entry_id FROM audit_chain WHERE position = {position})"


async def test_what_nobody_touched_agrees(catalog: CatalogUnderTest) -> None:
    head = await sealed(catalog)
    found = await verdict(catalog, head)
    assert (found.head, found.waiting_count, found.faults) == (head, 0, [])
    async with catalog.database.begin() as session:
        assert await sealing.seal(session, AUDIT) is None


async def test_entries_wait_for_their_place_and_get_it_once(catalog: CatalogUnderTest) -> None:
    head = await sealed(catalog)
    await catalog.a_draft()
    assert (await verdict(catalog)).waiting_count == 1
    async with catalog.database.begin() as session:
        after = await sealing.seal(session, AUDIT)
    assert after is not None
    assert after.position == head.position + 1
    assert (await verdict(catalog, head, after)).faults == []


COPIED = f"INSERT INTO audit (id, {COLUMNS}) SELECT gen_random_uuid(), {COLUMNS} FROM audit WHERE id = {entry(6)}"
CHANGES: dict[str, tuple[Sequence[str], Places]] = {
    "edited": (
        [f"UPDATE audit SET reason = '补记' WHERE id = {entry(5)}"],
        [(5, "the entry, or its place, was changed")],
    ),
    "edited twice": (
        [f"UPDATE audit SET actor_subject = 'x' WHERE id IN ({entry(1)}, {entry(12)})"],
        [(1, "the entry, or its place, was changed"), (12, "the entry, or its place, was changed")],
    ),
    "removed": ([f"DELETE FROM audit WHERE id = {entry(4)}"], [(4, "its entry was removed")]),
    "removed with its link": (
        [f"DELETE FROM audit WHERE id = {entry(4)}", "DELETE FROM audit_chain WHERE position = 4"],
        [(4, "links 4 to 4 were removed")],
    ),
    "the newest removed with their links": (
        [f"DELETE FROM audit WHERE id IN ({entry(11)}, {entry(12)})", "DELETE FROM audit_chain WHERE position > 10"],
        [(12, "the chain ends before the anchor: the newest links were removed")],
    ),
    "moved": (
        [
            f"CREATE TEMP TABLE two AS SELECT {entry(2)} AS a, {entry(3)} AS b",
            "DELETE FROM audit_chain WHERE position = 3",
            "UPDATE audit_chain SET entry_id = (SELECT b FROM two) WHERE position = 2",
            "INSERT INTO audit_chain SELECT 3, a, repeat('0', 64) FROM two",
        ],
        [
            (2, "the entry, or its place, was changed"),
            (3, "the entry, or its place, was changed"),
            (4, "the entry, or its place, was changed"),
        ],
    ),
    "inserted": (["ALTER TABLE audit DISABLE TRIGGER audit_waits", COPIED], [(None, "inserted past the chain")]),
}


@pytest.mark.parametrize("how", CHANGES)
async def test_whatever_is_changed_is_found_where_it_was(catalog: CatalogUnderTest, how: str) -> None:
    await sealed(catalog)
    statements, places = CHANGES[how]
    assert await changed(catalog, *statements) == places


WAITING = "INSERT INTO audit_unsealed SELECT id FROM audit WHERE id NOT IN (SELECT entry_id FROM audit_chain)"
RELEASES = {
    "before the chain": [COPIED],
    "with the chain, entry first": [COPIED, WAITING],
    "with the chain, place first": [
        f"CREATE TEMP TABLE one AS SELECT gen_random_uuid() AS id, {COLUMNS} FROM audit WHERE id = {entry(6)}",
        "INSERT INTO audit_unsealed SELECT id FROM one",
        f"INSERT INTO audit (id, {COLUMNS}) SELECT id, {COLUMNS} FROM one",
    ],
}


@pytest.mark.parametrize("release", RELEASES)
async def test_what_a_former_release_writes_gets_its_place(catalog: CatalogUnderTest, release: str) -> None:
    """As it does beside this one during an upgrade, and after a way back."""
    head = await sealed(catalog)
    assert await changed(catalog, *RELEASES[release]) == []
    async with catalog.database.begin() as session:
        after = await sealing.seal(session, AUDIT)
    assert after is not None
    assert after.position == head.position + 1
    found = await verdict(catalog, head, after)
    assert (found.waiting_count, found.faults) == (0, [])


async def test_what_is_sealed_next_hides_no_removal(catalog: CatalogUnderTest) -> None:
    head = await sealed(catalog)
    statements, _ = CHANGES["the newest removed with their links"]
    await changed(catalog, *statements)
    await catalog.a_draft()
    async with catalog.database.begin() as session:
        after = await sealing.seal(session, AUDIT)
    assert after is not None
    assert after.position == head.position + 1
    faults = [(fault.position, fault.what) for fault in (await verdict(catalog)).faults]
    assert faults == [(11, "links 11 to 12 were removed")]


HEADS = {
    "DELETE FROM audit_head": "the chain has no head",
    "UPDATE audit_head SET position = 10": "the chain goes on past its head",
}


@pytest.mark.parametrize("statement", HEADS)
async def test_a_chain_whose_head_was_touched_gets_no_more_links(catalog: CatalogUnderTest, statement: str) -> None:
    await sealed(catalog)
    assert HEADS[statement] in [what for _, what in await changed(catalog, statement)]
    await catalog.a_draft()
    async with catalog.database.begin() as session:
        assert await sealing.seal(session, AUDIT) is None
    told = await verdict(catalog)
    assert (HEADS[statement] in [fault.what for fault in told.faults], told.waiting_count) == (True, 1)


async def test_what_is_removed_before_it_is_sealed_is_found(catalog: CatalogUnderTest) -> None:
    await sealed(catalog)
    await catalog.a_draft()
    waiting = "DELETE FROM audit WHERE id = (SELECT entry_id FROM audit_unsealed)"
    assert await changed(catalog, waiting) == [(None, "removed before it was sealed")]


async def test_an_anchor_kept_elsewhere_finds_a_chain_that_was_written_anew(catalog: CatalogUnderTest) -> None:
    kept = await sealed(catalog)
    statements = (
        f"UPDATE audit SET reason = '改' WHERE id = {entry(12)}",
        "INSERT INTO audit_unsealed SELECT entry_id FROM audit_chain",
        "DELETE FROM audit_chain",
        "DELETE FROM audit_head",
    )
    await changed(catalog, *statements)
    async with catalog.database.begin() as session:
        await sealing.seal(session, AUDIT)
    assert (await verdict(catalog)).faults == []
    [fault] = (await verdict(catalog, kept)).faults
    assert (fault.position, fault.what) == (12, "the chain says otherwise than the anchor")


async def test_two_who_seal_at_once_make_one_chain(catalog: CatalogUnderTest) -> None:
    for _ in range(3):
        await catalog.a_draft()
    async with catalog.database.begin() as one, catalog.database.begin() as other:
        assert await sealing.seal(one, AUDIT)
        await one.commit()
        assert await sealing.seal(other, AUDIT) is None
    assert (await verdict(catalog)).faults == []


@pytest.mark.parametrize("written", ["", "12", "12:xyz", f"-1:{'0' * 64}", "1:00"])
def test_an_anchor_has_a_place_and_a_digest(written: str) -> None:
    with pytest.raises(ValueError, match=r"anchor|hex"):
        head_of(written)
    assert head_of(str(START)) == START


async def test_the_command_says_so_by_its_status(
    catalog: CatalogUnderTest, settings: CatalogSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    head = await sealed(catalog)
    asked = Namespace(audit="verify", anchor=[head], json=False)
    assert await command.run_verb(asked, settings, AUDIT) == 0
    assert f"anchor {head}" in capsys.readouterr().out
    await changed(catalog, f"DELETE FROM audit WHERE id = {entry(7)}")
    assert await command.run_verb(asked, settings, AUDIT) == 1
    assert "position 7: its entry was removed" in capsys.readouterr().out
