"""The fields of the Redis operator's resources (OT-CONTAINER-KIT, v1beta2) that we use, with their types.

No registry has its schemas. A field that is not listed here is a slip, or a new one to look up in the operator's
documentation and to add.
"""

from manifests import Document

GROUP = "redis.redis.opstreelabs.in"

# Parts that are Kubernetes' own: any mapping or list passes here.
OBJECT, LIST = {}, []
PASSWORD = {"name": str, "key": str}
BUDGET = {"enabled": bool, "maxUnavailable": int}
KUBERNETES = {
    "image": str,
    "imagePullPolicy": str,
    "resources": OBJECT,
    "redisSecret": PASSWORD,
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": str, "whenScaled": str},
}
CONFIG = {"additionalRedisConfig": str}
STORAGE = {"keepAfterDelete": bool, "volumeClaimTemplate": OBJECT}
PODS = {
    "priorityClassName": str,
    "podSecurityContext": OBJECT,
    "securityContext": OBJECT,
    "affinity": OBJECT,
    "topologySpreadConstraints": LIST,
    "terminationGracePeriodSeconds": int,
    "pdb": BUDGET,
}
ROLE = {
    "replicas": int,
    "securityContext": OBJECT,
    "affinity": OBJECT,
    "terminationGracePeriodSeconds": int,
    "pdb": BUDGET,
}
SPECS = {
    "RedisReplication": PODS
    | {"clusterSize": int, "kubernetesConfig": KUBERNETES, "redisConfig": CONFIG, "storage": STORAGE},
    "RedisSentinel": PODS
    | {
        "clusterSize": int,
        "kubernetesConfig": KUBERNETES,
        "redisSentinelConfig": {
            "redisReplicationName": str,
            "masterGroupName": str,
            "redisReplicationPassword": {"secretKeyRef": PASSWORD},
            # These are texts, numbers or not.
            "quorum": str,
            "parallelSyncs": str,
            "downAfterMilliseconds": str,
            "failoverTimeout": str,
            "resolveHostnames": str,
            "announceHostnames": str,
        },
    },
    "RedisCluster": {
        "clusterSize": int,
        "clusterVersion": str,
        "persistenceEnabled": bool,
        "kubernetesConfig": KUBERNETES,
        "redisConfig": CONFIG,
        "redisLeader": ROLE,
        "redisFollower": ROLE,
        "storage": STORAGE | {"nodeConfVolume": bool, "nodeConfVolumeClaimTemplate": OBJECT},
        "priorityClassName": str,
        "podSecurityContext": OBJECT,
    },
}
REQUIRED = ("clusterSize", "kubernetesConfig")


def problems(document: Document) -> list[str]:
    spec = SPECS.get(document["kind"])
    if spec is None or document["apiVersion"] != f"{GROUP}/v1beta2":
        return [f"{document['apiVersion']} {document['kind']} is no resource that is listed"]
    missing = [f"spec.{name} is missing" for name in REQUIRED if name not in document["spec"]]
    return missing + _fields("spec", document["spec"], spec)


def _fields(path: str, value: object, wanted: object) -> list[str]:
    if isinstance(wanted, type):
        right = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
        return [] if right else [f"{path} is {value!r}, which is no {wanted.__name__}"]
    if not isinstance(value, type(wanted)):
        return [f"{path} is {value!r}, which is no {type(wanted).__name__}"]
    if not wanted:
        return []
    found = []
    for name, part in value.items():
        found += _fields(f"{path}.{name}", part, wanted[name]) if name in wanted else [f"{path}.{name} is no field that is listed"]
    return found


if __name__ == "__main__":
    raise SystemExit("custom_resources.py looks at these")
