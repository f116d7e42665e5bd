"""The key that seals webhook secrets in this stack's database."""

import json
from pathlib import Path

from cryptography.fernet import Fernet

from common import private_file


def settings(path: Path) -> dict[str, str]:
    """What notify reads; the key is made at the first start and kept in `path`."""
    if not path.exists():
        private_file.write(path, Fernet.generate_key().decode())
    return {"NOTIFY_SECRET_KEYS": json.dumps([path.read_text()])}
