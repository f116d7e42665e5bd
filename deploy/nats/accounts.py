"""The accounts of the broker and what each user may do, as data, and their claims."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.nats_accounts import OWN_API, foreign_api, inbox_of
from common.nats_claims import Claims, Permissions

SYSTEM = "SYSTEM"
SERVICES = ("catalog", "matcher", "notify")


@dataclass(frozen=True)
class Reading:
    """A service that reads another's stream through a durable consumer, on one subject pattern.

    may_fetch  whether it may fetch any event of the stream by its place, too
    """

    service: str
    stream: str
    consumer: str
    subject: str
    may_fetch: bool = True


READINGS = (
    Reading("matcher", "CATALOG", "matcher", "catalog.demand.*"),
    Reading("matcher", "CATALOG", "matcher-contacts", "catalog.contact.*"),
    Reading("matcher", "CATALOG", "matcher-validations", "catalog.validation.*"),
    Reading("notify", "MATCHER", "notify", "matcher.match.*"),
    Reading("notify", "MATCHER", "notify-interests", "matcher.interest.*"),
    Reading("notify", "MATCHER", "notify-dockings", "matcher.docking.*"),
    Reading("notify", "MATCHER", "notify-mandates", "matcher.mandate.*"),
    Reading("notify", "MATCHER", "notify-objections", "matcher.objection.*"),
    # CATALOG holds contacts, which are the matcher's alone to read.
    Reading("notify", "CATALOG", "notify-demands", "catalog.demand.*", may_fetch=False),
    Reading("notify", "CATALOG", "notify-questions", "catalog.question.*", may_fetch=False),
    Reading("notify", "CATALOG", "notify-solicitations", "catalog.solicitation.*", may_fetch=False),
    Reading("notify", "CATALOG", "notify-solutions", "catalog.solution.*", may_fetch=False),
    Reading("notify", "CATALOG", "notify-steps", "catalog.step.*", may_fetch=False),
)

_LIMITS = {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": True, "conn": -1}
_LIMITS_OF_STREAMS = {
    "mem_storage": -1,
    "disk_storage": -1,
    "streams": -1,
    "consumer": -1,
    "max_ack_pending": -1,
    "mem_max_stream_bytes": -1,
    "disk_max_stream_bytes": -1,
}
_ORGANISATION_LIMITS = {"subs": 32, "data": -1, "payload": 4096}
"""An organisation publishes requests for events and acknowledgements, nothing longer."""


def service_permissions(service: str) -> Permissions:
    """Its own subjects, its own stream, and what it reads of others.

    Which consumers it reaches there the account says, whose imports name each. Here one pattern stands for all of a
    stream: a client sends its claims in one line, of which a server takes 4,096 bytes.
    """
    stream = service.upper()
    own = [f"{OWN_API}.STREAM.{verb}.{stream}" for verb in ("INFO", "CREATE", "DELETE", "MSG.GET")]
    if service == "notify":
        # It makes the consumers through which organisations read.
        own += [f"{OWN_API}.CONSUMER.{verb}.{stream}.>" for verb in ("CREATE", "INFO", "DELETE")]
    foreign = [_local(subject, stream) for stream, subject in _read_by(service, consumer="*")]
    return Permissions((f"{service}.>", *own, *foreign), (f"{inbox_of(service)}.>",))


def operator_permissions(service: str) -> Permissions:
    """A person who looks after a service's stream: reads everything in its account, publishes no event."""
    user = operator_of(service)
    return Permissions((f"{OWN_API}.>", f"$JS.ACK.{service.upper()}.>"), (f"{service}.>", f"{inbox_of(user)}.>"))


def operator_of(service: str) -> str:
    return f"{service}-operator"


SYSTEM_PERMISSIONS = Permissions(
    ("$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP"), (f"{inbox_of('system')}.>",)
)
ORGANISATION_PERMISSIONS = Permissions(
    (
        f"{foreign_api('NOTIFY')}.CONSUMER.MSG.NEXT.NOTIFY.{{{{name()}}}}",
        f"{foreign_api('NOTIFY')}.CONSUMER.INFO.NOTIFY.{{{{name()}}}}",
        "$JS.ACK.NOTIFY.{{name()}}.>",
    ),
    (f"{inbox_of('{{name()}}')}.>",),
)
"""The server puts the user's name for {{name()}}; it is also the name of the organisation's consumer."""


def service_account(service: str, publics: Mapping[str, str]) -> Claims:
    """Claims of a service's account. `publics` are the public keys of the accounts by their names."""
    stream = service.upper()
    read = [subject for each in READINGS if each.stream == stream for subject in _used(each)]
    exports = [_export(subject) for subject in dict.fromkeys(read)]
    if service == "notify":
        exports += [_export(subject) for subject in _read_by_organisations()]
    imports = [_import(subject, publics[foreign], _local(subject, foreign)) for foreign, subject in _read_by(service)]
    return {**_account(_LIMITS | _LIMITS_OF_STREAMS), "exports": exports, "imports": imports}


def organisations_account(publics: Mapping[str, str], signing_key: str) -> Claims:
    """Claims of the account of all organisations; its users may do what the template of `signing_key` says, no more.

    It has no streams. Whoever asks for events may have them sent to any subject, whatever it may publish on itself; in
    this account nobody else reads them.
    """
    template = {**ORGANISATION_PERMISSIONS.claims(), **_ORGANISATION_LIMITS}
    scope = {"kind": "user_scope", "key": signing_key, "role": "organisation", "template": template}
    imports = [_import(subject, publics["NOTIFY"], _local(subject, "NOTIFY")) for subject in _read_by_organisations()]
    return {**_account(_LIMITS), "imports": imports, "signing_keys": [scope]}


def system_account() -> Claims:
    return _account(_LIMITS)


def _account(limits: Mapping[str, int | bool]) -> Claims:
    return {"limits": {**limits, "leaf": -1}, "type": "account", "version": 2}


def _used(reading: Reading, consumer: str | None = None) -> list[str]:
    """The subjects, in the account of the stream, that a reader needs; it makes no `consumer` but its own."""
    stream, consumer = reading.stream, consumer or reading.consumer
    return [
        f"{OWN_API}.STREAM.INFO.{stream}",
        *([f"{OWN_API}.STREAM.MSG.GET.{stream}"] if reading.may_fetch else []),
        f"{OWN_API}.CONSUMER.CREATE.{stream}.{reading.consumer}.{reading.subject}",
        f"{OWN_API}.CONSUMER.INFO.{stream}.{consumer}",
        f"{OWN_API}.CONSUMER.MSG.NEXT.{stream}.{consumer}",
        f"$JS.ACK.{stream}.{consumer}.>",
    ]


def _read_by(service: str, consumer: str | None = None) -> list[tuple[str, str]]:
    """Stream and subject, each once however many consumers of the stream need it."""
    readings = (each for each in READINGS if each.service == service)
    wanted = ((each.stream, subject) for each in readings for subject in _used(each, consumer))
    return list(dict.fromkeys(wanted))


def _read_by_organisations() -> list[str]:
    return [
        f"{OWN_API}.CONSUMER.INFO.NOTIFY.*",
        f"{OWN_API}.CONSUMER.MSG.NEXT.NOTIFY.*",
        "$JS.ACK.NOTIFY.*.>",
    ]


def _local(subject: str, stream: str) -> str:
    """What an exported subject is called in the account that imports it; acknowledgements go where messages say."""
    return subject.replace(OWN_API, foreign_api(stream), 1)


def _export(subject: str) -> Claims:
    # One request for events has many replies.
    several = {"response_type": "Stream"} if ".MSG.NEXT." in subject else {}
    return {"name": subject, "subject": subject, "type": "service", **several}


def _import(subject: str, account: str, local: str) -> Claims:
    return {"name": subject, "subject": subject, "account": account, "local_subject": local, "type": "service"}
