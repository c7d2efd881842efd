"""Each check finds what it is there to find: mistakes are made in a copy of the tree, one at a time, and must be refused.

    can_fail.py [WORD]   only mistakes in whose check or file WORD occurs
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from manifests import ROOT, finish

BASE = "deploy/kubernetes/base"
PARTS = "deploy/kubernetes/components"
RULES = "deploy/monitoring/alerts"
# (check, file, what stands there, what is put there instead, what the check must say)
MISTAKES = [
    ("render", f"{BASE}/kustomization.yaml", "  - services.yaml\n", "  - service.yaml\n", "service.yaml"),
    ("render", f"{PARTS}/tls/deployment.yaml", "  name: replydesk\nspec", "  name: reply-desk\nspec", "reply-desk"),
    ("schemas", f"{BASE}/deployment.yaml", "minReadySeconds: 5", "minReadySecond: 5", "minReadySecond"),
    ("schemas", f"{BASE}/disruption.yaml", "maxUnavailable: 1", "maxUnavailable: [1]", "maxUnavailable"),
    ("custom_resources", f"{PARTS}/gateway/route.yaml", "hostnames:", "hostname:", "hostname"),
    ("custom_resources", f"{PARTS}/gateway/route.yaml", "port: 50051", "port: 500510", "port"),
    ("custom_resources", f"{PARTS}/tls/certificate.yaml", "rotationPolicy: Always", "rotationPolicy: Often", "Certificate replydesk: error TS2322: Type '\"Often\"'"),
    ("custom_resources", f"{PARTS}/external-secrets/secrets.yaml", "refreshInterval: 1h", "refreshEvery: 1h", "refreshEvery"),
    ("custom_resources", f"{PARTS}/monitoring/pods.yaml", "interval: 15s", "intervall: 15s", "intervall"),
    ("custom_resources", f"{PARTS}/redis-sentinel/redis.yaml", 'quorum: "2"', "quorum: 2", "quorum"),
    ("custom_resources", f"{PARTS}/redis-cluster/redis.yaml", "redisFollower:", "redisFollowers:", "redisFollowers"),
    ("relations", f"{BASE}/deployment.yaml", "terminationGracePeriodSeconds: 40", "terminationGracePeriodSeconds: 30", "drain"),
    ("relations", f"{BASE}/deployment.yaml", "            secretName: replydesk-secrets\n", "            secretName: secrets\n", "Secret secrets"),
    ("relations", f"{BASE}/deployment.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "read-only root"),
    ("relations", f"{BASE}/deployment.yaml", "enableServiceLinks: false", "enableServiceLinks: true", "service variables"),
    ("relations", f"{BASE}/deployment.yaml", "containerPort: 9464", "containerPort: 9465", "ops.listen"),
    ("relations", f"{BASE}/deployment.yaml", "            grpc:\n              port: 9464\n              service: liveness\n            periodSeconds: 10",
     "            grpc:\n              port: 9464\n            periodSeconds: 10", "livenessProbe"),
    ("relations", f"{BASE}/services.yaml", "targetPort: grpc", "targetPort: rpc", "port rpc"),
    ("relations", f"{BASE}/namespace.yaml", "enforce: restricted", "enforce: baseline", "restricted"),
    ("relations", f"{PARTS}/redis-single/connection.yaml", "@replydesk-redis:", "@redis:", "redis"),
    ("relations", f"{PARTS}/redis-sentinel/connection.yaml", "26379/replydesk?", "26379/mymaster?", "as the Sentinels call it"),
    ("relations", f"{PARTS}/redis-sentinel/connection.yaml", "sentinel-2.replydesk", "sentinel-3.replydesk", "sentinel-3"),
    ("relations", f"{PARTS}/external-secrets/secrets.yaml", "secretKey: pepper", "secretKey: peper", "pepper"),
    ("relations", "deploy/kubernetes/overlays/production/kustomization.yaml", "    digest: sha256:" + "0" * 64, "    newTag: latest", "digest"),
    ("policy", f"{BASE}/deployment.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "CKV_K8S_20"),
    ("policy", f"{BASE}/deployment.yaml", "              memory: 512Mi\n", "              memory: 512Mi\n              cpu: 1\n", "explained"),
    ("settings", f"{BASE}/replydesk.toml", "drain_timeout_ms", "drain_ms", "server.drain_ms"),
    ("settings", f"{PARTS}/tls/deployment.yaml", "REPLYDESK_TLS_PRIVATE_KEY_FILE", "REPLYDESK_TLS_KEY_FILE", "TLS_KEY_FILE"),
    ("settings", "deploy/compose.yaml", "REPLYDESK_SERVER_LISTEN", "REPLYDESK_LISTEN", "REPLYDESK_LISTEN"),
    ("compose", "deploy/compose.yaml", "stop_grace_period: 20s", "stop_grace: 20s", "stop_grace"),
    ("compose", "deploy/compose.yaml", "- 127.0.0.1:50051:50051", "- 50051:50051", "open to everybody"),
    ("context", ".dockerignore", "!proto\n", "", "proto"),
    ("context", "deploy/Dockerfile", "COPY examples examples\n", "", "demo-comments"),
    ("monitoring", f"{RULES}/causes.yaml", "replydesk_redis_up) == 0", "replydesk_redis_upp) == 0", "prometheusrule"),
    ("monitoring", f"{RULES}/tests/causes.yaml", 'alertname="ReplyDeskNoTrainer"', 'alertname="ReplyDeskNoTrainers"', "NoTrainer"),
    ("monitoring", "docs/RUNBOOKS.md", "## ReplyDeskDown", "## ReplyDeskGone", "ReplyDeskDown"),
    ("monitoring", "deploy/monitoring/ops.py", '"sum(replydesk_ready)"', '"sum(replydesk_ready"', "make.py"),
]


def main() -> None:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [mistake for mistake in MISTAKES if word in mistake[0] or word in mistake[1]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(found, chosen))
    finish([answer for answer in answers if answer], f"{len(chosen)} mistakes, each found")


def found(mistake: tuple[str, str, str, str, str]) -> str:
    """Empty if the check refuses the mistake, and says so."""
    check, file, old, new, says = mistake
    with tempfile.TemporaryDirectory() as directory:
        tree = pathlib.Path(directory)
        for part in ("deploy", "docs", "src", "proto", "examples"):
            shutil.copytree(ROOT / part, tree / part)
        for part in ("Cargo.toml", "Cargo.lock", "build.rs", "LICENSE", ".dockerignore"):
            shutil.copy(ROOT / part, tree / part)
        (tree / ".tools").symlink_to(ROOT / ".tools")
        text = (tree / file).read_text()
        if old not in text:
            return f"{file} has no {old!r}: the mistake can't be made"
        (tree / file).write_text(text.replace(old, new))
        run = subprocess.run([sys.executable, tree / "deploy" / "check" / f"{check}.py"], capture_output=True, text=True, check=False)
    said = run.stdout + run.stderr
    if run.returncode == 0:
        return f"{check}.py passes {new!r} in {file}"
    if says not in said or "Traceback" in said:
        return f"{check}.py refuses {new!r} in {file}, but says {said.strip()[-300:]}"
    return ""


if __name__ == "__main__":
    main()
