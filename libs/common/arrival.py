"""When the request in hand had come whole, so that what it waited before anybody looked at it counts as waiting, too.

An event loop that has much to do looks at a request late: it has waited by then, in no queue that anybody counts.
"""

from collections.abc import Hashable
from contextvars import ContextVar

from starlette.types import Scope

ARRIVED = "jingqiao.arrived"
"""In a request's scope: the moment, as time.monotonic says it. Not there while its body is still coming."""
_COUNTED = "jingqiao.arrival_counted"
_request: ContextVar[Scope | None] = ContextVar("request", default=None)


def bind(scope: Scope) -> None:
    """Have this task, and those it starts, work for a request."""
    _request.set(scope)


def waited_s(at: float, queue: Hashable) -> float:
    """How long the request in hand has waited when it first joins a queue; 0 when it joins it again, as time between is
    its own, and of what is no request."""
    scope = _request.get()
    if scope is None or ARRIVED not in scope or queue in (counted := scope.setdefault(_COUNTED, set())):
        return 0.0
    counted.add(queue)
    waited: float = at - scope[ARRIVED]
    return max(0.0, waited)
