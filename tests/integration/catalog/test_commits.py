"""A reply of success follows the commit: what the database refuses as late as that is told as a failure."""

from sqlalchemy import text

from tests.integration.catalog.service_under_test import CatalogUnderTest, content

REFUSING_AT_COMMIT = (
    """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'refused at commit'; END $$""",
    """CREATE CONSTRAINT TRIGGER refuses AFTER INSERT OR UPDATE ON demands DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse()""",
)


async def test_what_fails_at_the_commit_is_not_answered_with_success(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_submitted_demand()
    async with catalog.database.begin() as session:
        for statement in REFUSING_AT_COMMIT:
            await session.execute(text(statement))
    assert (await catalog.post(f"{where}/publish")).status_code == 500
    assert (await catalog.post("/v1/demands", content())).status_code == 500
    assert (await catalog.get(where, as_=catalog.port)).json()["state"] == "submitted"
