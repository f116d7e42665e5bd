"""The form of a subscription, and the wish it stands for: a channel, what passes, how often."""

from collections.abc import Iterator
from typing import Any

from starlette.datastructures import FormData

from portal import formats, forms
from portal.api import Json
from portal.forms import TICKED, Filled
from portal.languages import Speaker
from portal.visits import text

CHANNELS = ("browser", "email", "webhook", "wecom", "dingtalk", "feishu", "nats")
"""What people read comes first."""
TOPICS = ("match", "interest", "docking", "demand", "solicitation", "mandate", "objection", "step")
PACES = ("immediate", "daily", "weekly")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ADDRESS = ("url", "address", "secret")
LISTED = {"kinds": "kind", "domains": "domain", "topics": "topic"}
"""Filters that are lists of words of the APIs, with the group of the catalogues that says them."""


def blank() -> Json:
    return {
        "channel": {"type": CHANNELS[0]},
        "filters": {"topics": list(TOPICS), "least_fit": 47},
        "cadence": {"pace": PACES[0], "hour": 8, "weekday": WEEKDAYS[0], "remind_days": [3]},
        "include_standing": True,
    }


def filled(form: FormData, say: Speaker) -> Filled:
    """A fault for each figure that is none; all else notify judges."""
    found = Filled(blank())
    channel = {name: text(form, f"channel-{name}") for name in ("type", *ADDRESS)}
    found.body["channel"] = forms.without_empty(channel)
    found.body["filters"] = {
        **{name: form.getlist(f"filters-{name}") for name in LISTED},
        "divisions": forms.lines(text(form, "filters-divisions")),
        "words": forms.parts(text(form, "filters-words")),
    }
    found.body["cadence"] = {"pace": text(form, "cadence-pace"), "weekday": text(form, "cadence-weekday")}
    _number(found, say, "filters-least_fit", text(form, "filters-least_fit"))
    _number(found, say, "cadence-hour", text(form, "cadence-hour"))
    reminded = forms.parts(text(form, "cadence-remind_days"))
    found.body["cadence"]["remind_days"] = [int(each) if forms.WHOLE.fullmatch(each) else each for each in reminded]
    if not all(map(forms.WHOLE.fullmatch, reminded)):
        found.faults["cadence-remind_days"] = say("form.whole_number")
    found.body["include_standing"] = text(form, "include_standing") == TICKED
    return found


def _number(found: Filled, say: Speaker, name: str, said: str) -> None:
    group, field = name.split("-")
    if not said:
        return
    found.body[group][field] = int(said) if forms.WHOLE.fullmatch(said) else said
    if not forms.WHOLE.fullmatch(said):
        found.faults[name] = say("form.whole_number")


def passes(say: Speaker, filters: Json) -> Iterator[str]:
    """What a subscription lets pass, one phrase for each filter that narrows something."""
    for name, group in LISTED.items():
        listed = filters.get(name) or []
        if listed and not (name == "topics" and len(listed) == len(TOPICS)):
            yield say("word.comma").join(say.word(group, each) for each in listed)
    if places := filters.get("divisions"):
        yield say("word.comma").join(map(formats.division, places))
    if words := filters.get("words"):
        yield say("notice.saying", words=say("word.or").join(words))
    if fit := filters.get("least_fit"):
        yield say("notice.fit_from", fit=fit)


def rhythm(say: Speaker, cadence: Json) -> str:
    """How often it tells: 每周一 8 时汇总."""
    said: dict[str, Any] = {"hour": cadence["hour"], "weekday": say.word("weekday", cadence["weekday"])}
    return say(f"notice.told_{cadence['pace']}").format_map(said)
