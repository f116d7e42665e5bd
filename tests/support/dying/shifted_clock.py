"""A clock that is off by as much as a file says, for whatever is imported after this.

The file is `$CHAOS_FOLDER/clock`; it holds seconds.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from common import clock

FOLDER = "CHAOS_FOLDER"
SHIFT = "clock"


def shift() -> None:
    inner = clock.now

    def now() -> datetime:
        said = Path(os.environ.get(FOLDER, "/nowhere")) / SHIFT
        return inner() + timedelta(seconds=float(said.read_text() or 0) if said.exists() else 0.0)

    vars(clock)["now"] = now


shift()
