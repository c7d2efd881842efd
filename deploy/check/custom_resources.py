"""Custom resources are what their operators take: by the operators' schemas where a package has them (cert-manager, Gateway
API, External Secrets, prometheus-operator), unknown fields refused; and by the fields listed here for the Redis operator.

The packages hold a TypeScript type and a validator for each kind. The compiler finds fields that the type does not have,
which a schema of Kubernetes lets pass; the validator finds wrong values.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import redis_operator
from manifests import ROOT, Document, everything, finish, title

PACKAGES = {
    "cert-manager.io": "cert-manager",
    "external-secrets.io": "external-secrets",
    "gateway.networking.k8s.io": "gateway-api",
    "monitoring.coreos.com": "prometheus-operator",
}
TOOLS = ROOT / ".tools" / "deploy"
BUILT_IN = {"v1", "apps/v1", "autoscaling/v2", "networking.k8s.io/v1", "policy/v1", "scheduling.k8s.io/v1"}


def main() -> None:
    problems: list[str] = []
    typed: dict[str, Document] = {}
    looked_at = 0
    for name, content in everything().items():
        for document in content:
            group = document["apiVersion"].partition("/")[0]
            if group in PACKAGES:
                # The same resource in several renderings is one to look at.
                typed.setdefault(json.dumps(document, sort_keys=True), document)
            elif group == redis_operator.GROUP:
                looked_at += 1
                problems += [f"{name}, {title(document)}: {problem}" for problem in redis_operator.problems(document)]
            elif document["apiVersion"] not in BUILT_IN:
                problems.append(f"{name}, {title(document)}: nobody checks {document['apiVersion']}")
    problems += sorted(set(by_type(list(typed.values()))))
    finish(sorted(set(problems)), f"{len(typed)} custom resources against types and schemas, {looked_at} of the Redis operator against its fields")


def by_type(resources: list[Document]) -> list[str]:
    with tempfile.TemporaryDirectory(dir=TOOLS, prefix="check-") as directory:
        here = pathlib.Path(directory)
        for number, resource in enumerate(resources):
            (here / f"resource{number}.ts").write_text(_program(resource))
        options = ["--target", "es2022", "--module", "nodenext", "--strict", "--skipLibCheck", "--outDir", str(here / "out")]
        sources = [str(path) for path in sorted(here.glob("*.ts"))]
        (here / "package.json").write_text('{"type": "module"}')
        compiler = [TOOLS / "node_modules" / ".bin" / "tsc", *options, *sources]
        compiled = subprocess.run(compiler, cwd=here, capture_output=True, text=True, check=False)
        if compiled.returncode != 0:
            return [_named(line, resources) for line in compiled.stdout.splitlines() if "error TS" in line]
        return [
            f"{title(resource)}: {run.stderr.strip().splitlines()[-1]}"
            for number, resource in enumerate(resources)
            if (run := _node(here / "out" / f"resource{number}.js")).returncode != 0
        ]


def _program(resource: Document) -> str:
    group, _, version = resource["apiVersion"].partition("/")
    kind = resource["kind"]
    module = f"@kubernetes-models/{PACKAGES[group]}/{group}/{version}/{kind}"
    return f"""\
import {{ {kind}, type I{kind} }} from "{module}";
const resource: I{kind} = {json.dumps(resource, indent=1)};
try {{
  new {kind}(resource).validate();
}} catch (error) {{
  console.error(String((error as Error).message));
  throw "wrong";
}}
"""


def _node(file: pathlib.Path) -> subprocess.CompletedProcess:
    program = f"import({json.dumps(str(file))}).catch(() => process.exit(1))"
    return subprocess.run(["node", "--eval", program], capture_output=True, text=True, check=False)


def _named(line: str, resources: list[Document]) -> str:
    number = re.search(r"resource(\d+)\.ts", line)
    return f"{title(resources[int(number.group(1))])}: {line.partition(': ')[2]}" if number else line


if __name__ == "__main__":
    if not shutil.which("node"):
        sys.exit("node is missing: scripts/setup.sh manifests says what to install")
    main()
