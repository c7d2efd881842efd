"""checkov finds nothing in an overlay but what is explained here, and all that is explained here it finds."""

import json
import pathlib
import subprocess
import sys
import tempfile

from manifests import KUBERNETES, finish, kustomize, overlays

CHECKOV = pathlib.Path(sys.executable).with_name("checkov")

# Why a check is not obeyed. (resource, check) -> reason.
EVERYWHERE = {
    ("Deployment.replydesk.replydesk", "CKV_K8S_11"):
        "No limit on CPU: what is throttled misses the 100 ms of a submission. The request reserves what it needs.",
    ("Deployment.replydesk.replydesk", "CKV_K8S_35"):
        "Redis's password is part of an address, which the service reads from the environment; and the admin key's hash"
        " is no secret. The pepper is a file.",
}
ONLY_IN = {
    "dev": {
        ("Deployment.replydesk.replydesk", "CKV_K8S_43"): "The image was built a moment ago and has no digest yet.",
        ("Deployment.replydesk.replydesk", "CKV_K8S_15"): "It was loaded into the node: there is nowhere to pull it from.",
        ("StatefulSet.replydesk.replydesk-redis", "CKV_K8S_11"): "As for the service: Redis is one thread, and all wait for it.",
        ("StatefulSet.replydesk.replydesk-redis", "CKV_K8S_35"): "For the probe's redis-cli; the server reads a file.",
        ("StatefulSet.replydesk.replydesk-redis", "CKV_K8S_43"): "Whoever tries it out gets the fixes of 7.2 by themselves.",
        ("StatefulSet.replydesk.replydesk-redis", "CKV_K8S_15"): "A node without network can start it anew.",
    },
    "production": {},
}


def main() -> None:
    problems, passed = [], 0
    for name in overlays():
        explained = EVERYWHERE | ONLY_IN.get(name, {})
        report = _checkov(kustomize(KUBERNETES / "overlays" / name))
        passed += len(report["passed_checks"])
        failed = {(check["resource"], check["check_id"]): check["check_name"] for check in report["failed_checks"]}
        problems += [f"{name}: {key[0]}: {key[1]} {text}" for key, text in failed.items() if key not in explained]
        problems += [f"{name}: {key[0]}: {key[1]} is explained, and passes" for key in explained if key not in failed]
        print(f"{name}: {len(failed)} findings, all explained" if set(failed) == set(explained) else f"{name}: see below")
    finish(problems, f"{passed} checks passed")


def _checkov(text: str) -> dict:
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "manifests.yaml"
        file.write_text(text)
        command = [CHECKOV, "--framework", "kubernetes", "--skip-download", "--output", "json", "--file", file]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(run.stdout)["results"]
    except (ValueError, KeyError, TypeError):
        sys.exit(f"checkov did not answer as expected: {run.stdout[:300]} {run.stderr[-600:]}")


if __name__ == "__main__":
    main()
