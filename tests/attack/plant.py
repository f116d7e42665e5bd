"""`python -m tests.attack.plant [NAME …]`: plants each flaw in a copy of the project and sees the suite find it."""

import sys

from tests.attack.flaws import FLAWS
from tests.chaos.prove import main

if __name__ == "__main__":
    sys.exit(main(FLAWS))
