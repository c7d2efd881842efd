"""Renders the overlays, and each component on the base alone; what the other checks look at."""

import pathlib
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
Document = dict


def kustomize(directory: pathlib.Path) -> str:
    """The YAML that `kubectl kustomize` makes of a directory. Exits when it refuses."""
    run = subprocess.run(["kubectl", "kustomize", str(directory)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"kubectl kustomize {directory}: {run.stderr.strip()}")
    return run.stdout


def documents(text: str) -> list[Document]:
    return [document for document in yaml.safe_load_all(text) if document]


def overlays() -> dict[str, list[Document]]:
    """By name, what each overlay installs."""
    found = sorted(path.parent for path in KUBERNETES.glob("overlays/[a-z]*/kustomization.yaml"))
    return {path.name: documents(kustomize(path)) for path in found}


def components() -> dict[str, list[Document]]:
    """By name, what each component makes of the base."""
    found = sorted(path.parent for path in KUBERNETES.glob("components/*/kustomization.yaml"))
    return {path.name: documents(_on_the_base(path)) for path in found}


def everything() -> dict[str, list[Document]]:
    named = {f"overlays/{name}": content for name, content in overlays().items()}
    return named | {f"components/{name}": content for name, content in components().items()}


def of_kind(content: list[Document], kind: str) -> list[Document]:
    return [document for document in content if document["kind"] == kind]


def title(document: Document) -> str:
    return f"{document['kind']} {document['metadata']['name']}"


def pod_templates(content: list[Document]) -> list[Document]:
    """What makes pods: Deployments and StatefulSets."""
    return [document for document in content if document["kind"] in ("Deployment", "StatefulSet")]


def finish(problems: list[str], done: str) -> None:
    """Ends the check: with everything that is wrong, or with what was looked at."""
    if problems:
        sys.exit("\n".join(problems))
    print(done)


def _on_the_base(component: pathlib.Path) -> str:
    """kustomize takes no absolute paths, so the overlay lies beside the others while it is read."""
    with tempfile.TemporaryDirectory(dir=KUBERNETES / "overlays", prefix=".check-") as directory:
        overlay = pathlib.Path(directory)
        lines = [
            "apiVersion: kustomize.config.k8s.io/v1beta1",
            "kind: Kustomization",
            "namespace: replydesk",
            "resources: [../../base]",
            f"components: [../../components/{component.name}]",
        ]
        (overlay / "kustomization.yaml").write_text("\n".join(lines) + "\n")
        return kustomize(overlay)
