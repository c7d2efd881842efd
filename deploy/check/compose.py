"""The compose file fits the Compose Specification, and is as careful as the manifests.

`docker compose config` says the same and more; where it is there, it is asked too.
"""

import pathlib
import shutil
import subprocess
import sys

import yaml

from manifests import ROOT, finish

FILE = ROOT / "deploy" / "compose.yaml"
# It carries the schema with it.
VALIDATOR = pathlib.Path(sys.executable).with_name("check-jsonschema")


def main() -> None:
    compose = yaml.safe_load(FILE.read_text())
    command = [VALIDATOR, "--builtin-schema", "vendor.compose-spec", FILE]
    valid = subprocess.run(command, capture_output=True, text=True, check=False)
    problems = [] if valid.returncode == 0 else [(valid.stdout + valid.stderr).strip()]
    problems += careful(compose)
    asked = "the specification's schema"
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        run = subprocess.run(["docker", "compose", "--file", FILE, "config", "--quiet"], capture_output=True, text=True, check=False)
        asked += " and docker compose config"
        problems += [run.stderr.strip()] if run.returncode else []
    finish(problems, f"{len(compose['services'])} services against {asked}")


def careful(compose: dict) -> list[str]:
    services, volumes, networks = compose["services"], compose["volumes"], compose["networks"]
    problems = []
    for name, service in services.items():
        problems += [f"{name} mounts {v}, which is no volume" for v in service.get("volumes", []) if v.partition(":")[0] not in volumes]
        problems += [f"{name} is in {n}, which is no network" for n in service.get("networks", []) if n not in networks]
        problems += [f"{name} waits for {other}, which is no service" for other in service.get("depends_on", {}) if other not in services]
        problems += [f"{name} is open to everybody: {port}" for port in service.get("ports", []) if not port.startswith("127.0.0.1:")]
    ours = services["replydesk"]
    if not (ours.get("read_only") and ours.get("cap_drop") == ["ALL"] and "no-new-privileges:true" in ours.get("security_opt", [])):
        problems.append("replydesk may write to its root, or has rights that it does not need")
    redis = " ".join(services["redis"]["command"])
    problems += [f"redis is started without {flag}" for flag in
                 ("--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction") if flag not in redis]
    return problems


if __name__ == "__main__":
    main()
