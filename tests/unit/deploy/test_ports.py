"""Ports found free are for one server each."""

from deploy.embedded.ports import FREE_FROM, FREE_TO, free_port


def test_no_port_is_given_twice_before_anybody_listens_there() -> None:
    given = [free_port() for _ in range(500)]
    assert len(set(given)) == len(given)
    assert all(FREE_FROM <= port < FREE_TO for port in given)
