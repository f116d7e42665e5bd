"""Keys of this stack that seal what others keep: webhook secrets in the database, sessions in cookies."""

import json
from pathlib import Path

from cryptography.fernet import Fernet

from common import private_file


def settings(path: Path, variable: str = "NOTIFY_SECRET_KEYS") -> dict[str, str]:
    """What a service reads as `variable`; the key is made at the first start and kept in `path`."""
    if not path.exists():
        private_file.write(path, Fernet.generate_key().decode())
    return {variable: json.dumps([path.read_text()])}
