"""One step of the load, its targets, and which part of the platform was the bottleneck."""

from collections.abc import Mapping
from dataclasses import dataclass

READS = ("list demands", "read demand", "read profile", "list matches", "search demands")
WRITES = ("save profile", "publish demand")
FITS = "ask for fits"
ANNOUNCED = "publication → subscriber"
MIX: Mapping[str, float] = {
    "list demands": 0.30,
    "read demand": 0.27,
    "read profile": 0.15,
    "list matches": 0.15,
    "search demands": 0.05,
    "save profile": 0.04,
    "publish demand": 0.02,
    FITS: 0.02,
}
"""How often each is done among all; publishing one takes three requests, of which the last is timed."""
TARGETS_S: Mapping[str, float] = {
    **dict.fromkeys(READS, 0.2),
    **dict.fromkeys(WRITES, 0.5),
    FITS: 2.0,
    ANNOUNCED: 5.0,
}
"""The longest p95 that is good enough, in seconds from when a request was due."""
MOST_FAILED = 0.01
GENERATOR = "load generator"
BUSY_PROCESS, BUSY_MACHINE = 0.85, 0.9
"""Share of one core from which a process of one event loop is full, and of all cores from which a machine is."""


@dataclass(frozen=True)
class Step:
    """
    wanted, reached  requests a second
    p95_s            by kind of request, seconds; of ANNOUNCED from the reply of a publication to its event
    failed           share of the requests that were refused or broke
    cores            processor time by process, in cores
    machine          share of all cores that was busy, whoever kept them so
    jobs, outbox     rows that waited when the step began and when it ended
    waits            what connections of the database waited for, by how often they were seen to
    """

    wanted: float
    reached: float
    p95_s: dict[str, float]
    failed: float
    cores: dict[str, float]
    machine: float
    jobs: tuple[int, int]
    outbox: tuple[int, int]
    waits: dict[str, int]


def cost_ms(step: Step) -> float:
    """Processor time of the whole platform for one request, with all that it causes; hardly more on a busy machine."""
    spent = sum(cores for name, cores in step.cores.items() if name != GENERATOR)
    return spent / step.reached * 1000 if step.reached else 0.0


def missed_targets(step: Step) -> list[str]:
    """The kinds of request whose p95 is beyond its target; "failed requests" when more than one of a hundred are."""
    missed = [kind for kind, target in TARGETS_S.items() if step.p95_s.get(kind, 0.0) > target]
    return [*missed, *(["failed requests"] if step.failed > MOST_FAILED else [])]


def bottleneck(step: Step, cores: int) -> str:
    """What the figures of a step say stood in the way, the most certain first: a full machine or process, then queues.

    cores  of the machine
    """
    most, share = max(step.cores.items(), key=lambda each: each[1], default=("nothing", 0.0))
    if step.machine >= BUSY_MACHINE:
        others = step.machine * cores - sum(step.cores.values())
        told = f"processor: all {cores} cores busy, {most} with {share:.2f} of them most"
        return f"{told}; {others:.2f} taken by others on the machine" if others > 0.2 * cores else told
    if share >= BUSY_PROCESS:
        return f"process: {most} is one event loop and keeps {share:.2f} of a core busy"
    if step.jobs[1] > 2 * max(step.jobs[0], 10):
        return f"embedding and ranking: jobs grew from {step.jobs[0]} to {step.jobs[1]}"
    if step.outbox[1] > 2 * max(step.outbox[0], 10):
        return f"relay: waiting events grew from {step.outbox[0]} to {step.outbox[1]}"
    if step.waits:
        return f"database: connections waited for {max(step.waits, key=lambda each: step.waits[each])}"
    return "none seen: no process is full and no queue grows"
