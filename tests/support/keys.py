"""A key that seals what is private in databases of tests."""

from cryptography.fernet import Fernet
from pydantic import SecretStr

SEALING_KEY = Fernet.generate_key().decode()
SEALING_KEYS = (SecretStr(SEALING_KEY),)
