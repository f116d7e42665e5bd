"""What a mail server says decides what becomes of a mail; what is no fault of the mail is tried again."""

import aiosmtplib
import pytest

from notify.channels.mail import outcome
from notify.deliveries.rules import Refused, Rejected

FAULTS = [
    (aiosmtplib.SMTPConnectResponseError(554, "no service for you"), Refused, "server_refused"),
    # So a server refuses STARTTLS, and whatever else is of no one mail.
    (aiosmtplib.SMTPResponseException(554, "5.7.0 not now"), Refused, "smtp_554"),
    (aiosmtplib.SMTPHeloError(550, "who are you"), Refused, "sender_refused"),
    (aiosmtplib.SMTPDataError(550, "5.4.5 daily sending limit exceeded"), Refused, "smtp_550"),
    (aiosmtplib.SMTPDataError(554, "transaction failed"), Refused, "smtp_554"),
    (aiosmtplib.SMTPDataError(451, "4.7.1 greylisted"), Refused, "smtp_451"),
    (aiosmtplib.SMTPDataError(552, "5.3.4 message too big"), Rejected, "mail_refused"),
    (aiosmtplib.SMTPDataError(554, "5.6.0 not to be read"), Rejected, "mail_refused"),
]


@pytest.mark.parametrize(("fault", "kind", "reason"), FAULTS, ids=[reason for _, _, reason in FAULTS])
def test_only_what_is_said_of_the_mail_gives_it_up(fault: aiosmtplib.SMTPException, kind: type, reason: str) -> None:
    found = outcome(fault, took_s=0.1)
    assert (type(found), getattr(found, "reason", None)) == (kind, reason)
