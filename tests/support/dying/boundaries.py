"""Every durable boundary of the three services, in one list: where a process may die between two things that last.

A boundary is before or after one of these acts of a loop of `work`, or of the requests of `serve`:

    commit       a transaction that has written something, of the outbox too
    publish      a batch of the outbox goes to the broker, until it has acknowledged what it stored
    acknowledge  an event is acknowledged to the broker
    send         a request to a receiver of webhooks
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

COMMIT, PUBLISH, ACKNOWLEDGE, SEND = "commit", "publish", "acknowledge", "send"
_WRITES: tuple[str, ...] = (COMMIT,)
_RELAY = (COMMIT, PUBLISH)
_READS = (COMMIT, ACKNOWLEDGE)

ACTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "catalog-serve": {"request": _WRITES},
    "catalog-work": {
        "relay": _RELAY,
        "deadlines": _WRITES,
        "sealing": _WRITES,
        "forgetting": _WRITES,
        "importing": _WRITES,
    },
    "matcher-serve": {"request": _WRITES},
    "matcher-work": {
        "relay": _RELAY,
        "demands": _READS,
        "contacts": _READS,
        "validations": _READS,
        "sealing": _WRITES,
        "deadlines": _WRITES,
        "rank-demands": _WRITES,
        "rank-profiles": _WRITES,
        "importing": _WRITES,
        "upkeep": _WRITES,
        "probing": _WRITES,
        "read-matches": _WRITES,
        "model": (),
    },
    "notify-serve": {"request": _WRITES},
    "notify-work": {
        "relay": _RELAY,
        "matches": _READS,
        "notify-interests": _READS,
        "notify-dockings": _READS,
        "notify-mandates": _READS,
        "notify-objections": _READS,
        "notify-demands": _READS,
        "notify-questions": _READS,
        "notify-solicitations": _READS,
        "notify-solutions": _READS,
        "notify-steps": _READS,
        "organisation-consumers": (),
        "backfill": _WRITES,
        "announcer": _WRITES,
        "sender": (COMMIT, SEND),
        "deadlines": _WRITES,
        "tidier": _WRITES,
    },
}
"""What each loop does that lasts. `model` loads what others use, `organisation-consumers` makes at the broker what is
missing, both again at every start."""


@dataclass(frozen=True)
class Boundary:
    """`when` is before or after."""

    process: str
    loop: str
    act: str
    when: str

    def __str__(self) -> str:
        return f"{self.process} {self.loop} {self.act} {self.when}"


def of(process: str) -> Iterator[Boundary]:
    for loop, acts in ACTS[process].items():
        for act in acts:
            for when in ("before", "after"):
                yield Boundary(process, loop, act, when)


def every() -> Iterator[Boundary]:
    for process in ACTS:
        yield from of(process)
