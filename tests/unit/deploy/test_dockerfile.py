"""What every image promises: one service, no root, a health check, labels, and nothing that an older engine refuses."""

import pytest

from deploy.docker import healthcheck
from deploy.embedded.plan import DEFAULT_PORTS
from tests.support.dockerfile import DOCKERFILE, IMAGES, ROOT, folders, lineage, stages

image = pytest.mark.parametrize("image", IMAGES)


@image
def test_an_image_holds_its_service_and_what_all_share(image: str) -> None:
    service = IMAGES[image]
    assert folders(image) == {"common": "libs/common", service: f"services/{service}"}


@image
def test_an_image_installs_its_own_lock_file(image: str) -> None:
    locks = [copy.split()[0] for copy in stages()[f"{image}-parts"].arguments("COPY") if ".lock" in copy]
    assert locks == [f"deploy/docker/{image}.lock"]
    assert (ROOT / locks[0]).exists()


@image
def test_an_image_runs_as_nobody_and_from_the_chosen_base(image: str) -> None:
    family = list(lineage(image))
    assert [user for stage in family for user in stage.arguments("USER")] == ["10001:10001"]
    assert family[-1].base == "${BASE_IMAGE}"


@image
def test_an_image_takes_nothing_from_the_build_but_its_parts(image: str) -> None:
    copied = [copy.split() for stage in lineage(image) for copy in stage.arguments("COPY")]
    assert {words[0] for words in copied if words[0].startswith("--from")} == {f"--from={image}-parts"}
    assert [words for words in copied if not words[0].startswith("--from")] == [
        ["LICENSE", "deploy/docker/healthcheck.py", "/opt/jingqiao/"]
    ]


@image
def test_an_image_says_how_it_is_and_serves_unless_told_otherwise(image: str) -> None:
    family = list(lineage(image))
    assert len([check for stage in family for check in stage.arguments("HEALTHCHECK")]) == 1
    # A base's command is forgotten where an entry point is set: it has to stand beside it.
    words = [word for word, _ in family[0].instructions if word in ("ENTRYPOINT", "CMD")]
    assert words == ["ENTRYPOINT", "CMD"]
    assert family[0].arguments("ENTRYPOINT") == [f'["python", "-m", "{IMAGES[image]}"]']
    assert family[0].arguments("CMD") == ['["serve"]']


@image
def test_an_image_is_labelled(image: str) -> None:
    labels = " ".join(label for stage in lineage(image) for label in stage.arguments("LABEL"))
    for name in ("title", "description", "version", "revision", "licenses", "base.name"):
        assert f"org.opencontainers.image.{name}=" in labels


@image
def test_an_image_listens_where_the_stack_on_one_machine_does(image: str) -> None:
    service = IMAGES[image]
    verbs = {"PORT": service, "WORK_PORT": f"{service}-work"}
    ports = {f"{service.upper()}_{name}": DEFAULT_PORTS[part] for name, part in verbs.items() if part in DEFAULT_PORTS}
    assert stages()[image].arguments("EXPOSE") == [" ".join(map(str, ports.values()))]
    [env] = stages()[image].arguments("ENV")
    assert " ".join(f"{name}={port}" for name, port in ports.items()) in env


def test_the_health_check_asks_the_verb_that_runs() -> None:
    env = {"MATCHER_PORT": "8102", "MATCHER_WORK_PORT": "8112"}
    assert healthcheck.port(["python", "-m", "matcher", "serve"], env) == 8102
    assert healthcheck.port(["/opt/jingqiao/venv/bin/python", "-m", "matcher", "work"], env) == 8112


def test_older_engines_understand_the_file() -> None:
    text = DOCKERFILE.read_text()
    assert "<<" not in text
    assert "# syntax" not in text
    assert "--mount" not in text
