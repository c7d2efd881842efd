"""What one manifest says of another is so: names, labels, ports and times fit together, and pods are restricted."""

import re
import tomllib

from manifests import KUBERNETES, Document, documents, finish, of_kind, overlays, pod_templates, title

# Secrets that an overlay takes for granted, and who makes them.
GIVEN = {
    "dev": {"replydesk-secrets", "replydesk-redis"},  # overlays/dev/secrets
    "production": set(),
}


def main() -> None:
    problems = []
    for name, content in overlays().items():
        for check in (references, keys, selectors, ports, grace, variables, restricted, images):
            problems += [f"overlays/{name}: {problem}" for problem in check(name, content)]
    for mode in sorted(path.parent.name for path in KUBERNETES.glob("components/redis-*/connection.yaml")):
        problems += [f"components/{mode}: {problem}" for problem in address(mode)]
    finish(problems, "names, labels, ports, times, variables, images and security contexts fit together")


def references(name: str, content: list[Document]) -> list[str]:
    """Whatever a pod mounts or reads is made here, or by somebody who is named."""
    secrets = set(GIVEN.get(name, set()))
    secrets |= {d["spec"]["target"]["name"] for d in of_kind(content, "ExternalSecret")}
    secrets |= {d["spec"]["secretName"] for d in of_kind(content, "Certificate")}
    there = {
        "ConfigMap": {d["metadata"]["name"] for d in of_kind(content, "ConfigMap")},
        "Secret": secrets,
        "ServiceAccount": {d["metadata"]["name"] for d in of_kind(content, "ServiceAccount")},
        "PriorityClass": {d["metadata"]["name"] for d in of_kind(content, "PriorityClass")},
    }
    wanted = []
    for document in pod_templates(content):
        pod = document["spec"]["template"]["spec"]
        wanted += [(document, "ServiceAccount", pod["serviceAccountName"]), (document, "PriorityClass", pod["priorityClassName"])]
        for volume in pod.get("volumes", []):
            if "configMap" in volume:
                wanted.append((document, "ConfigMap", volume["configMap"]["name"]))
            if "secret" in volume:
                wanted.append((document, "Secret", volume["secret"]["secretName"]))
        for container in pod["containers"]:
            for variable in container.get("env", []):
                source = variable.get("valueFrom", {}).get("secretKeyRef")
                if source:
                    wanted.append((document, "Secret", source["name"]))
    for document in of_kind(content, "RedisReplication") + of_kind(content, "RedisCluster"):
        wanted.append((document, "Secret", document["spec"]["kubernetesConfig"]["redisSecret"]["name"]))
        wanted.append((document, "ConfigMap", document["spec"]["redisConfig"]["additionalRedisConfig"]))
    return [f"{title(by)} wants {kind} {what}, which nobody makes" for by, kind, what in wanted if what not in there[kind]]


def secret_keys(content: list[Document]) -> set[tuple[str, str]]:
    """(Secret, key) of all that pods read."""
    read = set()
    for document in pod_templates(content):
        pod = document["spec"]["template"]["spec"]
        for volume in pod.get("volumes", []):
            secret = volume.get("secret", {})
            read |= {(secret["secretName"], item["key"]) for item in secret.get("items", [])}
        for container in pod["containers"]:
            sources = [variable.get("valueFrom", {}).get("secretKeyRef") for variable in container.get("env", [])]
            read |= {(source["name"], source["key"]) for source in sources if source}
    return read


def keys(name: str, content: list[Document]) -> list[str]:
    """What is read of a Secret is what is put into it."""
    made = {}
    for document in of_kind(content, "ExternalSecret"):
        target = document["spec"]["target"]
        listed = {entry["secretKey"] for entry in document["spec"]["data"]}
        made[target["name"]] = set(target["template"]["data"]) if "template" in target else listed
    for document in of_kind(content, "Certificate"):
        made[document["spec"]["secretName"]] = {"tls.crt", "tls.key", "ca.crt"}
    # secrets_made.py looks at what is given.
    read = {(secret, key) for secret, key in secret_keys(content) if secret not in GIVEN.get(name, set())}
    return [f"Secret {secret} has no {key}" for secret, key in sorted(read) if key not in made.get(secret, set())]


def selectors(_: str, content: list[Document]) -> list[str]:
    """Services, budgets, monitors and the autoscaler find their pods."""
    pods = [d["spec"]["template"]["metadata"]["labels"] for d in pod_templates(content)]
    chosen = [(d, d["spec"]["selector"]) for d in of_kind(content, "Service")]
    for kind in ("PodDisruptionBudget", "PodMonitor", "Deployment", "StatefulSet"):
        chosen += [(d, d["spec"]["selector"]["matchLabels"]) for d in of_kind(content, kind)]
    problems = [f"{title(d)} selects no pod" for d, labels in chosen if not any(labels.items() <= pod.items() for pod in pods)]
    deployments = {d["metadata"]["name"] for d in of_kind(content, "Deployment")}
    for scaler in of_kind(content, "HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] not in deployments:
            problems.append(f"{title(scaler)} scales nothing")
    if not any(d["spec"]["podSelector"] == {} and len(d["spec"]["policyTypes"]) == 2 for d in of_kind(content, "NetworkPolicy")):
        problems.append("no NetworkPolicy denies everything first")
    return problems


def ports(_: str, content: list[Document]) -> list[str]:
    """Ports that are named are open, and probes go to the ops port."""
    problems = []
    service = of_kind(content, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]
    opened = {port["name"]: port["containerPort"] for port in service["ports"]}
    settings = _settings(content)
    for port, key in (("grpc", ("server", "listen")), ("ops", ("ops", "listen"))):
        listens = settings[key[0]][key[1]].rpartition(":")[2]
        if int(listens) != opened.get(port):
            problems.append(f"{'.'.join(key)} is {listens}, and the container's port {port} is {opened.get(port)}")
    for probe, wanted in (("startupProbe", "liveness"), ("livenessProbe", "liveness"), ("readinessProbe", None)):
        asked = service[probe]["grpc"]
        if (asked["port"], asked.get("service")) != (opened["ops"], wanted):
            problems.append(f"{probe} asks {asked}, not service {wanted} on the ops port")
    names = {port["name"] for d in pod_templates(content) for c in d["spec"]["template"]["spec"]["containers"] for port in c["ports"]}
    named = [(d, port["targetPort"]) for d in of_kind(content, "Service") for port in d["spec"]["ports"]]
    named += [(d, end["port"]) for d in of_kind(content, "PodMonitor") for end in d["spec"]["podMetricsEndpoints"]]
    for policy in of_kind(content, "NetworkPolicy"):
        rules = policy["spec"].get("ingress", []) + policy["spec"].get("egress", [])
        named += [(policy, port["port"]) for rule in rules for port in rule["ports"] if isinstance(port["port"], str)]
    problems += [f"{title(d)} names port {port}, which no container has" for d, port in named if port not in names]
    services = {(d["metadata"]["name"], port["port"]) for d in of_kind(content, "Service") for port in d["spec"]["ports"]}
    for route in of_kind(content, "GRPCRoute"):
        backends = [(b["name"], b["port"]) for rule in route["spec"]["rules"] for b in rule["backendRefs"]]
        problems += [f"{title(route)} leads to {backend}, which is no Service" for backend in backends if backend not in services]
    return problems


def grace(_: str, content: list[Document]) -> list[str]:
    """A pod gets the time that its drain takes."""
    pod = of_kind(content, "Deployment")[0]["spec"]["template"]["spec"]
    sleep = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = _settings(content)["server"]["drain_timeout_ms"] / 1000
    needed = sleep + drain + 5
    given = pod["terminationGracePeriodSeconds"]
    return [] if given >= needed else [f"terminationGracePeriodSeconds is {given}, and preStop, drain and the end take {needed:g}"]


def variables(_: str, content: list[Document]) -> list[str]:
    """$(NAME) is only replaced by what stands above it."""
    problems = []
    for document in pod_templates(content):
        for container in document["spec"]["template"]["spec"]["containers"]:
            above: set[str] = set()
            for variable in container.get("env", []):
                used = set(re.findall(r"\$\((\w+)\)", variable.get("value", "")))
                problems += [f"{variable['name']} uses $({name}), which does not stand above it" for name in used - above]
                above.add(variable["name"])
    service = of_kind(content, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]
    if "REDIS_URL" not in {variable["name"] for variable in service["env"]}:
        problems.append("there is no REDIS_URL: the image has no Redis to start")
    return problems


def restricted(_: str, content: list[Document]) -> list[str]:
    """The Pod Security Standard `restricted`, and more: no token, nothing writable, no root."""
    problems = []
    namespace = of_kind(content, "Namespace")[0]["metadata"]["labels"]
    if namespace.get("pod-security.kubernetes.io/enforce") != "restricted":
        problems.append("the namespace does not enforce the standard `restricted`")
    for document in pod_templates(content):
        pod = document["spec"]["template"]["spec"]
        safe = {
            "no token": pod.get("automountServiceAccountToken") is False,
            "no service variables": pod.get("enableServiceLinks") is False,
            "no root": pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] > 10000,
            "seccomp": pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault",
            "no host": not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")),
        }
        for container in pod["containers"] + pod.get("initContainers", []):
            context = container["securityContext"]
            safe |= {
                "no more rights": context["allowPrivilegeEscalation"] is False and context["capabilities"] == {"drop": ["ALL"]},
                "read-only root": context["readOnlyRootFilesystem"] is True,
                "bounded memory": "memory" in container["resources"]["limits"],
            }
        problems += [f"{title(document)}: {rule} does not hold" for rule, holds in safe.items() if not holds]
    for kind in ("RedisReplication", "RedisSentinel", "RedisCluster"):
        for document in of_kind(content, kind):
            context = document["spec"]["podSecurityContext"]
            if not (context["runAsNonRoot"] and context["seccompProfile"]["type"] == "RuntimeDefault"):
                problems.append(f"{title(document)}: its pods would not be let into the namespace")
    return problems


def images(name: str, content: list[Document]) -> list[str]:
    """In production our image is named by its digest."""
    found = [c["image"] for d in pod_templates(content) for c in d["spec"]["template"]["spec"]["containers"]]
    if name != "production":
        return [f"image {image} has no tag" for image in found if ":" not in image and "@" not in image]
    return [f"image {image} is not named by its digest" for image in found if not re.search(r"@sha256:[0-9a-f]{64}$", image)]


def address(mode: str) -> list[str]:
    """REDIS_URL is of the kind that the component is named after, and leads to a name that its resources make."""
    directory = KUBERNETES / "components" / mode
    environment = documents((directory / "connection.yaml").read_text())[0]["spec"]["template"]["spec"]["containers"][0]["env"]
    url = next(variable["value"] for variable in environment if variable["name"] == "REDIS_URL")
    scheme = {"redis-single": "redis", "redis-sentinel": "redis+sentinel", "redis-cluster": "redis+cluster"}[mode]
    problems = [] if url.startswith(f"{scheme}://:$(REDIS_PASSWORD)@") else [f"REDIS_URL {url} does not begin as {mode} should"]
    made = set()
    for document in documents((directory / "redis.yaml").read_text()):
        name, size = document["metadata"]["name"], document.get("spec", {}).get("clusterSize", 0)
        # As the operator names its Services and pods.
        made |= {
            "Service": {name},
            "RedisSentinel": _pods(f"{name}-sentinel", size),
            "RedisCluster": _pods(f"{name}-leader", size) | _pods(f"{name}-follower", size),
        }.get(document["kind"], set())
        if document["kind"] == "RedisSentinel":
            config = document["spec"]["redisSentinelConfig"]
            if url.partition("@")[2].partition("?")[0].rpartition("/")[2] != config["masterGroupName"]:
                problems.append(f"REDIS_URL does not name {config['masterGroupName']}, as the Sentinels call it")
            if "redisSecret" in document["spec"]["kubernetesConfig"] and "sentinel_password=" not in url:
                problems.append("REDIS_URL has no sentinel_password, and the Sentinels want one")
    hosts = [host.partition(":")[0] for host in url.partition("@")[2].partition("/")[0].split(",")]
    return problems + [f"REDIS_URL names {host}, which nobody makes" for host in hosts if host not in made]


def _pods(name: str, count: int) -> set[str]:
    """The names by which the pods of a StatefulSet, and all of them together, are reached."""
    return {name, f"{name}-headless"} | {f"{name}-{number}.{name}-headless" for number in range(count)}


def _settings(content: list[Document]) -> dict:
    config = next(d for d in of_kind(content, "ConfigMap") if d["metadata"]["name"].startswith("replydesk-config"))
    return tomllib.loads(config["data"]["replydesk.toml"])


if __name__ == "__main__":
    main()
