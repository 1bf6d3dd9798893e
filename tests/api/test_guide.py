"""The guide of docs/api.md: its very commands, run by a shell against a server, from nothing to a match."""

import json
import re
import shutil
import subprocess

import pytest
from django.conf import settings

from accounts.models import AccessToken
from matching.models import Match
from tests.matching.conftest import catalogue
from tests.solutions.conftest import taxonomy

__all__ = ["catalogue", "taxonomy"]
GUIDE = (settings.BASE_DIR / "docs" / "api.md").read_text()
COMMANDS = re.findall(r"```sh\n(.*?)```", GUIDE.split("## Collections")[0], re.S)


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("taxonomy")
def test_the_commands_of_the_guide_lead_from_nothing_to_a_match(live_server, cast, catalogue, tmp_path):
    tokens = {
        name: AccessToken.objects.create(person, name="guide", scopes=["read", "write"])[1]
        for name, person in (("TOKEN", cast.focal_point), ("CURATOR_TOKEN", cast.curator))
    }
    assert len(COMMANDS) == 7
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", "\n".join(COMMANDS)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "SITE": live_server.url, "ORGANISATION": cast.ministry.slug, **tokens},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr
    made = json.loads((tmp_path / "made.json").read_text())
    best = json.loads((tmp_path / "matches.json").read_text())["results"][0]
    assert (best["demand"], best["included"]["supply"]["id"]) == (made["id"], best["supply"])
    assert best["supply"] in {catalogue.pumps.public_id, catalogue.training.public_id}
    assert Match.objects.get(public_id=best["id"]).state == "shortlisted"
