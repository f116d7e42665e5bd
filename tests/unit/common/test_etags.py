"""What an If-None-Match says of the text that its sender has."""

import pytest

from common.etags import is_known, public_etag

TAG = '"3-0123456789ab"'


@pytest.mark.parametrize("sent", [TAG, f"W/{TAG}", f'"1", {TAG}', f' W/"x",W/{TAG} ', "*", " * "])
def test_a_reader_who_has_it(sent: str) -> None:
    assert is_known(sent, TAG)


@pytest.mark.parametrize("sent", [None, "", '"3"', "3-0123456789ab", '"3-0123456789ac"', '"*"', 'W/"3"'])
def test_a_reader_who_has_it_not(sent: str | None) -> None:
    assert not is_known(sent, TAG)


def test_a_tag_differs_with_the_version_and_with_what_else_the_bytes_depend_on() -> None:
    assert len({public_etag(version, name) for version in (1, 2) for name in ("甲", "乙")}) == 4
