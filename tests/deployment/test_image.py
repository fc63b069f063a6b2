"""The build context of the image contains exactly the files that the Dockerfile copies."""

import re

from tests.live import ROOT


def test_context_has_exactly_the_copied_files() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    copied = {
        source
        for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.M)
        for source in sources.split()
    }
    everything, *exceptions = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith(("#", "**"))
    ]
    assert everything == "*"
    assert {line.removeprefix("!") for line in exceptions} == copied
    assert all((ROOT / name).exists() for name in copied)
