"""The HTTP contract of notify changes only on purpose.

`python -m tests.contract.test_notify_openapi` writes the snapshot again; read the difference before you keep it.
"""

import json
from pathlib import Path

from notify.app import create_app
from notify.settings import NotifySettings

SNAPSHOT = Path(__file__).parent / "openapi" / "notify.json"


def generated() -> str:
    settings = NotifySettings(database_url="postgresql+asyncpg://nobody@127.0.0.1/nothing")
    return json.dumps(create_app(settings).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_the_contract_is_the_one_in_the_snapshot() -> None:
    assert generated() == SNAPSHOT.read_text(), __doc__


if __name__ == "__main__":
    SNAPSHOT.write_text(generated())
