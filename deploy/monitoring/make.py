#!/usr/bin/env python3
"""Makes what a cluster takes of the sources here: the dashboards' JSON, and the alerts as a PrometheusRule.

    make.py           writes dashboards/*.json and prometheusrule.yaml
    make.py --check   writes nothing; exits with 1 if one of them is not what it would write
"""

import json
import pathlib
import sys

import editors
import ops

HERE = pathlib.Path(__file__).parent
RULE_HEAD = """\
# Made by make.py of alerts/*.yaml: change those.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: replydesk
  labels:
    app.kubernetes.io/name: replydesk
    app.kubernetes.io/part-of: replydesk
spec:
  groups:
"""


def prometheus_rule() -> str:
    """The groups of all files, one level deeper. The sources keep to one form, so that text is enough."""
    groups = []
    for path in sorted((HERE / "alerts").glob("*.yaml")):
        _, found, rest = path.read_text().partition("\ngroups:\n")
        if not found:
            sys.exit(f"{path}: there is no line `groups:`")
        groups += [f"  {line}" if line.strip() else "" for line in rest.splitlines()]
    return RULE_HEAD + "\n".join(groups) + "\n"


def outputs() -> dict[pathlib.Path, str]:
    made = {HERE / "prometheusrule.yaml": prometheus_rule()}
    for dashboard in (editors.DASHBOARD, ops.DASHBOARD):
        text = json.dumps(dashboard, indent=1, ensure_ascii=False) + "\n"
        made[HERE / "dashboards" / f"{dashboard['uid']}.json"] = text
    return made


def main() -> None:
    stale = []
    for path, text in outputs().items():
        if path.exists() and path.read_text() == text:
            continue
        stale.append(str(path.relative_to(HERE)))
        if "--check" not in sys.argv[1:]:
            path.write_text(text)
    if stale and "--check" in sys.argv[1:]:
        sys.exit(f"not what deploy/monitoring/make.py makes: {', '.join(stale)}; run it")


if __name__ == "__main__":
    main()
