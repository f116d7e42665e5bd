"""When a contact may be seen, and where it comes from."""

from collections.abc import Collection

from common.contracts.contacts import Contact
from common.contracts.dockings import Side
from common.errors import FieldFault, NotAllowedNow, invalid


def chosen(given: Contact | None, known: Contact | None) -> Contact:
    """The one given for this docking, else the one known of the demand or profile. Raises InvalidInput without any."""
    if (contact := given or known) is None:
        fault = FieldFault(
            "give the contact that the other side is to see; none is known of your demand or profile",
            "请填写可供对方查看的联系人；您的需求或能力画像未登记联系人",
            pointer="#/contact",
        )
        raise invalid(fault)
    return contact


def refuse_unshared(shared: Collection[Side]) -> None:
    """Raises NotAllowedNow, naming the side whose consent lacks."""
    lacking = [side for side in Side if side not in shared]
    if lacking:
        names = {Side.OWNER: "需求方", Side.ENTERPRISE: "供给方"}
        raise NotAllowedNow(
            f"Contacts are shown once both sides have shared theirs; waiting for: {', '.join(lacking)}",
            f"双方均同意后才显示联系方式；尚待：{'、'.join(names[side] for side in lacking)}",
        )
