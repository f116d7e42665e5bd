"""What may happen to a profile."""

from enum import StrEnum

from common.errors import NotAllowedNow


class ProfileState(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


def refuse_withdrawn(state: ProfileState) -> None:
    if state is ProfileState.WITHDRAWN:
        raise NotAllowedNow(
            "A withdrawn profile is not changed any more; make a new one", "能力画像已撤回，不能再修改，请新建"
        )
