"""Keys of this stack that seal what others keep: webhook secrets and contacts in databases, sessions in cookies."""

import json
from pathlib import Path

from cryptography.fernet import Fernet

from common import private_file

CONTACTS = ("CATALOG_SECRET_KEYS", "MATCHER_SECRET_KEYS")
"""One key for both: catalog seals what the matcher opens."""


def settings(path: Path, *variables: str) -> dict[str, str]:
    """What services read as these variables; the key is made at the first start and kept in `path`."""
    if not path.exists():
        private_file.write(path, Fernet.generate_key().decode())
    return dict.fromkeys(variables or ("NOTIFY_SECRET_KEYS",), json.dumps([path.read_text()]))
