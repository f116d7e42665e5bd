"""A server's timelines: each restore begins one, where it turned off the one before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.backup.server import Server

_TURN = re.compile(r"(?:^|\|)(\d+)\t([0-9A-F]+)/([0-9A-F]+)\t", re.MULTILINE)
"""A line of a history file: a timeline, and where it was left."""
ENDLESS = 2**64


@dataclass(frozen=True)
class History:
    """`ends` has the segment in which each timeline was left, by timeline, as names of segments count them; ENDLESS for
    the present one. Timelines that the server never was on are not there."""

    ends: Mapping[int, int]


def of(server: Server) -> History:
    """Of a running server, by a connection for replication."""
    [identity] = server.ask_replication("IDENTIFY_SYSTEM")
    present = int(identity.split("|")[1])
    told = "\n".join(server.ask_replication(f"TIMELINE_HISTORY {present}")) if present > 1 else ""
    [size] = server.ask("SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'")
    return History(_ends(told, int(size)) | {present: ENDLESS})


def _ends(told: str, size: int) -> dict[int, int]:
    """
    told  the text of a history file
    size  of a segment, bytes
    """
    turns = ((int(line), int(high, 16), int(low, 16)) for line, high, low in _TURN.findall(told))
    return {line: (high << 32) + low // size for line, high, low in turns}
