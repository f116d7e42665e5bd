"""What pages of the portal weigh, and what they take over the API calls that they make, on the samples."""

import re
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from portal.sessions import COOKIE, Seal, Session
from tests.bench import platform
from tests.bench.report import Result, figure
from tests.support.stack import LiveStack

TIMES = 12
WARM_UP = 3
KB = 1024
BUDGET_KB, BUDGET_MS = 60.0, 50.0
"""Of the median page: transferred beyond the stylesheet, which stays; time beyond its API calls."""
SAMPLE_FIRM = ("91370211MAWJLKDP77", "海集视觉科技（示例）有限公司", "enterprise")
SAMPLE_PORT = ("91370211MA3QDK2Q8B", "青岛港（示例）", "publisher")
SAMPLE_EDITOR = ("11370200MB9554649N", "青岛市发展和改革委员会（示例）", "list_editor")
PAGES: Mapping[tuple[str, str, str] | None, Sequence[str]] = {
    None: ("/", "/demands", "/lists", "/figures", "/test-beds", "{demand}", "{list}"),
    SAMPLE_FIRM: ("/firm", "/firm/matches", "/firm/profiles/new", "/work", "/subscriptions"),
    SAMPLE_PORT: ("/mine", "/mine/new/edit", "/imports", "/work"),
    SAMPLE_EDITOR: ("/work", "/work/lists"),
}
SPENT = re.compile(r"(\w+);dur=([\d.]+)")
SCRIPT = re.compile(r'<script src="([^"]+)"')


@dataclass(frozen=True)
class PageFigures:
    """Medians of one page: bytes on the wire with its scripts; milliseconds in all, as a client sees it, and of its API
    calls together and one after the other."""

    path: str
    size: int
    took: float
    apis: float
    calls: float

    @property
    def beyond(self) -> float:
        """Of the time in all, what the API calls did not take: the portal's own, and the way to it."""
        return self.took - self.apis


def measure() -> Result:
    """Some two minutes, most of them for the samples to be matched."""
    with platform.running() as stack:
        stack.load_samples()
        found = [page for who, paths in PAGES.items() for page in _of(stack, who, paths)]
    heaviest, slowest = max(found, key=lambda page: page.size), max(found, key=lambda page: page.beyond)
    return Result(
        f"Pages of the portal: {len(found)}, each {TIMES} times",
        (
            figure("median page with its scripts", _median(found, "size") / KB, "KB", "budget", BUDGET_KB),
            figure(f"heaviest page, {heaviest.path}", heaviest.size / KB, "KB", "budget", BUDGET_KB),
            figure("median page beyond its API calls", _median(found, "beyond"), "ms", "budget", BUDGET_MS),
            figure(f"slowest page beyond them, {slowest.path}", slowest.beyond, "ms", "budget", BUDGET_MS),
            figure(
                "median page in all", _median(found, "took"), "ms", "its API calls together", _median(found, "apis")
            ),
            figure(
                "API calls of all pages, together",
                sum(page.apis for page in found),
                "ms",
                "the same one after the other",
                sum(page.calls for page in found),
            ),
        ),
    )


def _median(found: Sequence[PageFigures], name: str) -> float:
    return float(statistics.median(getattr(page, name) for page in found))


def _of(stack: LiveStack, who: tuple[str, str, str] | None, paths: Sequence[str]) -> list[PageFigures]:
    cookies = {COOKIE: _session(stack, *who)} if who else {}
    with httpx.Client(base_url=stack.url("portal"), cookies=cookies, trust_env=False, timeout=30) as client:
        return [_page(client, _named(client, path)) for path in paths]


def _session(stack: LiveStack, code: str, name: str, role: str) -> str:
    """The cookie of somebody who is logged in."""
    token = stack.bearer("uscc", code, name, role)["Authorization"].removeprefix("Bearer ")
    seal = Seal([(stack.home / "issuer" / "sessions.key").read_text()])
    return seal.of(Session(token, "uscc", code, name, (role,), time.time() + 3600))


def _named(client: httpx.Client, path: str) -> str:
    """The first demand or list that the site leads to, in place of its name."""
    if not path.startswith("{"):
        return path
    where = {"{demand}": "/demands", "{list}": "/lists"}[path]
    links = re.findall(rf'href="({where}/[0-9a-f-]+)"', client.get(where).text)
    return str(links[0])


def _page(client: httpx.Client, path: str) -> PageFigures:
    replies = [client.get(path).raise_for_status() for _ in range(TIMES + WARM_UP)][WARM_UP:]
    scripts = sum(client.get(each).num_bytes_downloaded for each in SCRIPT.findall(replies[0].text))
    spent = [{name: float(said) for name, said in SPENT.findall(each.headers["server-timing"])} for each in replies]
    of = {name: statistics.median(each[name] for each in spent) for name in ("apis", "calls")}
    took = statistics.median(each.elapsed.total_seconds() * 1000 for each in replies)
    return PageFigures(path, replies[0].num_bytes_downloaded + scripts, took, **of)
