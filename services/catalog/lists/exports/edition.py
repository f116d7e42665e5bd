"""What every export is made of."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from catalog.lists.document import Document
from common.canonical import digest_of


class PublishedEdition(NamedTuple):
    """A published list; equal ones make equal files, to the byte.

    content   its document as canonical JSON
    formers   by demand: the entry by which the same demand was published before, in whichever list
    withdrawn demands that the edition it corrects had, and that no list has any more
    public_url  where everyone reaches catalog; empty when that was not set
    """

    document: Document
    content: bytes
    published_at: datetime
    formers: Mapping[str, Mapping[str, Any]]
    withdrawn: Sequence[str]
    ocid_prefix: str
    public_url: str

    @property
    def moment(self) -> str:
        """In UTC with six digits of a second always, since dates of open contracting are sorted as text."""
        return self.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @property
    def digest(self) -> str:
        return digest_of(self.content)

    @property
    def name(self) -> str:
        """Of the file, without its ending."""
        return "scenario-list-{year}-{batch}-{edition}".format_map(self.document)

    def uri(self, name: str) -> str:
        """What the list is called in the world: where it is read, or a name of its own where that is not known."""
        where = f"{self.public_url.rstrip('/')}/v1/lists/{self.document['id']}/export?format={name}"
        return where if self.public_url else f"urn:uuid:{self.document['id']}"
