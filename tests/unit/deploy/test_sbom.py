"""What `make sbom` lists of a service is what its lock pins, by the schema of CycloneDX, and the same each time."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_list_of_a_service_names_all_that_is_pinned_with_its_hashes(tmp_path: Path) -> None:
    verb = re.search(r"^CYCLONEDX = \$\(BIN\)/python (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert verb is not None
    listed, lock = tmp_path / "notify.cdx.json", "deploy/docker/notify.lock"
    # It checks against the schema itself, and fails where what it wrote is none.
    subprocess.run(
        [sys.executable, *verb[1].split(), "-o", str(listed), lock], cwd=ROOT, check=True, capture_output=True
    )
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))
    found = json.loads(listed.read_text())
    assert (found["bomFormat"], found["metadata"]["component"]["name"]) == ("CycloneDX", "jingqiao")
    assert {each["name"]: each["version"] for each in found["components"]} == pinned
    assert all(each["externalReferences"][0]["hashes"] for each in found["components"])
    assert "timestamp" not in found["metadata"]
