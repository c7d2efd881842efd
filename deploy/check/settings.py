"""The settings in manifests, compose file and Dockerfile are ones that the binary knows, and their values ones that it takes.

    settings.py [REPLYDESK]   REPLYDESK: a binary, which is then asked as well
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

import yaml

from manifests import ROOT, Document, components, finish, of_kind, overlays

ROW = re.compile(r'^    setting\("([a-z_]+\.[a-z_0-9]+)", (Text|Number|Switch|Secret|Url),', re.MULTILINE)
# What is no setting and yet is looked at: where the file is, and the address as everyone spells it.
BESIDES = {"REPLYDESK_CONFIG", "REDIS_URL"}
# Neither of these is read by the service: they only make up REDIS_URL.
FOREIGN = {"REDIS_PASSWORD"}
ADMIN_KEY_HASH = "0123456789abcdef:" + "00" * 32
SAMPLE = {"REDIS_PASSWORD": "0123abcd"}


def main() -> None:
    known = dict(ROW.findall((ROOT / "src" / "config" / "settings.rs").read_text()))
    if not known:
        sys.exit("src/config/settings.rs has no row that is read here")
    problems = []
    for name, (file, environment) in sources().items():
        problems += [f"{name}: {problem}" for problem in unknown(known, file, environment)]
    problems += commands()
    asked = "the table of settings"
    if len(sys.argv) > 1 and not problems:
        asked = sys.argv[1]
        for name, (file, environment) in sources().items():
            problems += [f"{name}: {problem}" for problem in refused(asked, file, environment)]
    finish(problems, f"{len(known)} settings are known to {asked}; those in use are among them")


def sources() -> dict[str, tuple[str, dict[str, str]]]:
    """By name, the file and the environment that a replica is started with."""
    found = {f"overlays/{name}": _deployed(content) for name, content in overlays().items()}
    # No overlay has all of the ways to Redis.
    found |= {f"components/{name}": _deployed(content) for name, content in components().items() if name.startswith("redis-")}
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    # The file that its service `keys` writes, with the files where the manifests have them.
    file = services["keys"]["command"][-1].partition("<<TOML\n")[2].partition("\nTOML\n")[0]
    file = file.replace("$$hash", ADMIN_KEY_HASH).replace("/keys/privacy/", "/etc/replydesk/secrets/")
    return found | {"compose.yaml": (file, services["replydesk"]["environment"])}


def unknown(known: dict[str, str], file: str, environment: dict[str, str]) -> list[str]:
    variables = {f"REPLYDESK_{key.replace('.', '_').upper()}": key for key in known}
    keys = {f"{section}.{key}" for section, table in tomllib.loads(file).items() for key in table}
    problems = [f"{key} is no setting" for key in sorted(keys - set(known))]
    problems += [
        f"{name} is no setting's variable" for name in sorted(set(environment) - set(variables) - BESIDES - FOREIGN)
    ]
    plain = {key for key in keys if known.get(key) == "Secret"}
    problems += [f"{key} is a secret, and in the ConfigMap" for key in sorted(plain)]
    return problems


def commands() -> list[str]:
    """`serve` is a command, in the Dockerfile and wherever it is started."""
    sources = (ROOT / "src" / "cli.rs").read_text()
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    problems = []
    if not re.search(r"\bServe\(", sources):
        problems.append("src/cli.rs knows no `serve`")
    if 'CMD ["serve"]' not in dockerfile:
        problems.append("the Dockerfile does not start `serve`")
    for name, content in overlays().items():
        container = of_kind(content, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]
        if container["args"] != ["serve"]:
            problems.append(f"overlays/{name} starts {container['args']}")
    return problems


def refused(binary: str, file: str, environment: dict[str, str]) -> list[str]:
    """What `serve --print-config` says against them. Files that are mounted are made here, empty or not, for its sake."""
    with tempfile.TemporaryDirectory() as directory:
        here = pathlib.Path(directory)
        # Where files are mounted, their place here.
        moved = file.replace("/etc/replydesk/", f"{here}/")
        given = {name: str(value).replace("/etc/replydesk/", f"{here}/") for name, value in environment.items()}
        for name in list(given):
            given[name] = re.sub(r"\$\((\w+)\)", lambda match: SAMPLE[match.group(1)], given[name])
        made = subprocess.run([binary, "privacy", "keygen", "--out-dir", here / "secrets"], capture_output=True, check=False)
        if made.returncode != 0:
            return [f"{binary} privacy keygen fails: {made.stderr.decode()[:300]}"]
        config = here / "replydesk.toml"
        config.write_text(moved)
        given |= {"REPLYDESK_CONFIG": str(config), "PATH": os.environ["PATH"]}
        if "REPLYDESK_ACCESS_ADMIN_KEY_HASH" in given:
            given["REPLYDESK_ACCESS_ADMIN_KEY_HASH"] = ADMIN_KEY_HASH
        run = subprocess.run([binary, "serve", "--print-config"], env=given, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            return [f"the binary refuses: {run.stderr.strip()}"]
        effective = tomllib.loads(run.stdout)
    wanted = tomllib.loads(moved)
    # What the file says is in force, unless a variable is stronger.
    return [
        f"{section}.{key} is {effective.get(section, {}).get(key)!r}, not {value!r}"
        for section, table in wanted.items()
        for key, value in table.items()
        if f"REPLYDESK_{section}_{key}".upper() not in given and effective.get(section, {}).get(key) != value
    ]


def _deployed(content: list[Document]) -> tuple[str, dict[str, str]]:
    config = next(d for d in of_kind(content, "ConfigMap") if d["metadata"]["name"].startswith("replydesk-config"))
    container = of_kind(content, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]
    # A value from a Secret is not known here.
    environment = {variable["name"]: variable.get("value", "") for variable in container["env"]}
    return config["data"]["replydesk.toml"], environment


if __name__ == "__main__":
    main()
