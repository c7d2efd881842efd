"""overlays/dev/secrets makes the Secrets that the dev overlay reads, the same when it runs again, and no private key is in them.

    secrets_made.py REPLYDESK
"""

import base64
import pathlib
import subprocess
import sys
import tempfile

from manifests import KUBERNETES, Document, documents, finish, overlays
from relations import secret_keys

SCRIPT = KUBERNETES / "overlays" / "dev" / "secrets"


def main() -> None:
    binary = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as directory:
        first, again = _run(directory, binary), _run(directory, binary)
    problems = [] if first == again else ["run again, it makes other Secrets: a new pepper would be another service"]
    made = {secret["metadata"]["name"]: set(secret["data"]) for secret in first}
    for secret, key in secret_keys(overlays()["dev"]):
        if key not in made.get(secret, set()):
            problems.append(f"Secret {secret} lacks {key}, which the overlay reads")
    values = [base64.b64decode(value) for secret in first for value in secret["data"].values()]
    problems += ["there is a private key in a Secret" for value in values if b"rdpriv" in value]
    problems += ["a value of a Secret is empty" for value in values if not value.strip()]
    finish(problems, f"{len(made)} Secrets, {len(values)} values")


def _run(directory: str, binary: pathlib.Path) -> list[Document]:
    run = subprocess.run([SCRIPT, directory, binary], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{SCRIPT}: {run.stderr.strip()}")
    return documents(run.stdout)


if __name__ == "__main__":
    main()
