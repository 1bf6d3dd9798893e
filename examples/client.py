"""Ask a platform for the entries that fit a profile of yours. Needs Python 3.11 and nothing else.

    SSC_TOKEN=... python examples/client.py http://127.0.0.1:8000 profile.json [organisation to store it for]

The profile is JSON: {"kind": "demand", "title": ..., "summary": ..., "language": "en", ...}; its fields are
those of docs/data-model.md, all but the kind and one text optional. The token needs the scope "match", to
store a profile the scope "write" too (docs/api.md).
"""

import json
import os
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MEDIA_TYPE = "application/vnd.south-south-match.v1.0+json"
ATTEMPTS = 3


def match(base: str, token: str, profile: dict, *, limit: int = 10, store_for: str = "") -> dict:
    """Return the answer of the platform at `base`; waits when it says that the calls are too many.

    With `store_for`, the slug of an organisation of yours there, you agree that the profile is kept as its entry
    (docs/api.md says to what exactly); without it nothing is kept.
    Raises RuntimeError with the platform's own words for what it refuses.
    """
    query = {"profile": profile, "limit": limit}
    if store_for:
        query["store"] = {"organisation": store_for, "consent": True}
    body = json.dumps(query).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
    request = Request(f"{base.rstrip('/')}/api/v1/match", body, headers)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            if refusal.code == 429 and attempt < ATTEMPTS:
                time.sleep(int(refusal.headers.get("Retry-After", "1")))
                continue
            problem = json.load(refusal)
            raise RuntimeError(f"{refusal.code} {problem['code']}: {problem['detail']}") from refusal
    raise AssertionError("the last attempt returns or raises")


def main() -> None:
    """Print the hits for a profile in a file, with the reasons for each."""
    base, path, *store_for = sys.argv[1:]
    profile = json.loads(Path(path).read_text(encoding="utf-8"))
    answer = match(base, os.environ["SSC_TOKEN"], profile, store_for="".join(store_for[:1]))
    for hit in answer["results"]:
        print(f"{hit['score']:.2f}  {hit['title']} ({hit['organisation']})\n      {hit['url']}")
        for line in hit["explanation"]["lines"]:
            print(f"      {line['points']:5.1f}  {line['feature']}: {line['words']}")
    if answer["stored"]:
        print(f"stored as {answer['stored']['url']}, {answer['stored']['state']}")
    print(answer["disclaimer"])


if __name__ == "__main__":
    main()
