"""Kubernetes' own resources fit the schemas of the oldest and the newest release that we support, unknown fields refused."""

import kubernetes_validate

from manifests import everything, finish, title

# The oldest that is still maintained, and the newest. docs/DEPLOY.md names them.
VERSIONS = ("1.35.0", "1.37.0")
# Custom resources: custom_resources.py looks at these.
FOREIGN = {
    "cert-manager.io",
    "external-secrets.io",
    "gateway.networking.k8s.io",
    "monitoring.coreos.com",
    "redis.redis.opstreelabs.in",
}


def main() -> None:
    problems, seen = set(), 0
    for name, content in everything().items():
        for document in content:
            if document["apiVersion"].partition("/")[0] in FOREIGN:
                continue
            seen += 1
            for version in VERSIONS:
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                    problems.add(f"{name}, {title(document)}, Kubernetes {version}: {_short(error)}")
    finish(sorted(problems), f"{seen} resources against Kubernetes {' and '.join(VERSIONS)}")


def _short(error: Exception) -> str:
    where = ".".join(str(step) for step in getattr(error, "path", []))
    return f"{where}: {getattr(error, 'message', error) or 'no such kind'}"


if __name__ == "__main__":
    main()
