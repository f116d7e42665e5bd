#!/usr/bin/env bash
# Python's own email package (seen with 3.11.7; aiosmtplib 5.1.3 sends what it writes): a header that holds one address longer than a
# line, as List-Unsubscribe with a signed link does (RFC 2369, RFC 8058), is folded into encoded words (RFC 2047), which programs that
# look for the link do not decode. Message-ID of the same length is left as it is. Printed: both headers as they are sent.
# Ends with 1 when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiosmtplib==5.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import platform
import sys
from email.message import EmailMessage
from email.policy import SMTP
from importlib.metadata import version

from aiosmtplib.email import flatten_message

link = "https://notify.city.example/v1/unsubscribe/0195f0c4-7a31-7c41-8f6e-3f5f0f6f0001?signature=" + 43 * "x"
message = EmailMessage(policy=SMTP)
message["List-Unsubscribe"] = f"<{link}>"
message["Message-ID"] = f"<{90 * 'x'}@notify.city.example>"
message.set_content("text")
sent = flatten_message(message).decode()
print(f"Python {platform.python_version()}, aiosmtplib {version('aiosmtplib')}")
print(sent.partition("Content-Type")[0])
is_encoded, is_left = "=?utf-8?q?=3Chttps" in sent, f"Message-ID: <{90 * 'x'}@" in sent
sys.exit(0 if is_encoded and is_left else 1)
PYTHON
