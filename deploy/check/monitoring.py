"""Alerts and dashboards: complete, tested, with a runbook each, and of metrics and labels that the service has."""

import json
import re
import subprocess
import sys
import tempfile

import yaml

from manifests import ROOT, finish

MONITORING = ROOT / "deploy" / "monitoring"
PROMTOOL = ROOT / ".tools" / "bin" / "promtool"
RUNBOOKS = ROOT / "docs" / "RUNBOOKS.md"
METRICS = ROOT / "docs" / "METRICS.md"
# Prometheus's own.
OTHERS = {"up": {"job", "instance"}}
TARGET = {"job", "instance", "le"}


def main() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    problems = made() + annotated(alerts) + tested(alerts)
    expressions = {f"rule {rule.get('alert', rule.get('record'))}": rule["expr"] for rule in rules()} | drawn()
    problems += parsed(expressions)
    known = metrics()
    if known:
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        problems += [f"{where}: {what}" for where, expr in expressions.items() for what in unknown(expr, known, recorded)]
    else:
        print("docs/METRICS.md is not there: the metrics' names are not compared")
    finish(problems, f"{len(alerts)} alerts, {len(expressions)} expressions, {len(known)} metrics known")


def rules() -> list[dict]:
    files = sorted((MONITORING / "alerts").glob("*.yaml"))
    return [rule for file in files for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


def made() -> list[str]:
    """What is made of the sources is what lies in the tree."""
    run = subprocess.run([sys.executable, MONITORING / "make.py", "--check"], capture_output=True, text=True, check=False)
    return [] if run.returncode == 0 else [run.stderr.strip()]


def annotated(alerts: list[dict]) -> list[str]:
    sections = {line[3:].strip().lower() for line in RUNBOOKS.read_text().splitlines() if line.startswith("## ")}
    problems = []
    for alert in alerts:
        name = alert["alert"]
        if alert["labels"].get("severity") not in ("page", "ticket") or alert["labels"].get("team") not in ("ops", "editors"):
            problems.append(f"{name}: severity is page or ticket, team is ops or editors")
        problems += [f"{name} has no {text}" for text in ("summary", "description") if not alert["annotations"].get(text)]
        anchor = alert["annotations"]["runbook_url"].partition("RUNBOOKS.md#")[2]
        if anchor != name.lower() or anchor not in sections:
            problems.append(f"{name}: docs/RUNBOOKS.md has no section {name}, or runbook_url leads elsewhere")
    names = {alert["alert"].lower() for alert in alerts}
    return problems + [f"docs/RUNBOOKS.md: {section} is no alert" for section in sections if section not in names]


def tested(alerts: list[dict]) -> list[str]:
    """Some unit test expects that it fires, and the one of a healthy service runs over all of them."""
    fired = set()
    for file in sorted((MONITORING / "alerts" / "tests").glob("*.yaml")):
        for test in yaml.safe_load(file.read_text())["tests"]:
            for check in test["promql_expr_test"]:
                name = re.search(r'alertname="(\w+)", alertstate="firing"', check["expr"])
                if name and check["exp_samples"]:
                    fired.add(name.group(1))
    return [f"no unit test expects that {alert['alert']} fires" for alert in alerts if alert["alert"] not in fired]


def drawn() -> dict[str, str]:
    """The dashboards' expressions, by panel, with something for Grafana's variables."""
    found = {}
    for file in sorted((MONITORING / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", []):
                found[f"{file.stem}, {panel['title']} {target['refId']}"] = target["expr"].replace("$site", ".*")
    return found


def parsed(expressions: dict[str, str]) -> list[str]:
    """Prometheus can read them: as the rules of a file of their own, since promtool checks only such."""
    group = [{"record": f"check:{number}", "expr": expr} for number, expr in enumerate(expressions.values())]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"groups": [{"name": "check", "rules": group}]}, file)
        file.flush()
        run = subprocess.run([PROMTOOL, "check", "rules", file.name], capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return []
    names = list(expressions)
    return [f"{names[int(found) - 1]}: {run.stderr.strip()[:400]}" for found in re.findall(r"rule (\d+)", run.stderr)[:5]] or [run.stderr]


def metrics() -> dict[str, set[str]]:
    """The metrics of docs/METRICS.md with their labels."""
    if not METRICS.exists():
        return {}
    known: dict[str, set[str]] = {}
    name = ""
    for line in METRICS.read_text().splitlines():
        if line.startswith("## "):
            name = line[3:].strip().strip("`")
            known[name] = set()
        elif name and (label := re.match(r"- `(\w+)`:", line)):
            known[name].add(label.group(1))
    return known


def unknown(expr: str, known: dict[str, set[str]], recorded: set[str]) -> list[str]:
    """Metrics in an expression that the service does not have, and labels that they do not have."""
    problems = []
    used: set[str] = set()
    for name, labels in re.findall(r"\b((?:replydesk|process)[a-z_:0-9]+|up)\b(?:\{([^}]*)\})?", expr):
        if name in recorded:
            continue
        family = name if name in known else re.sub(r"_(bucket|sum|count)$", "", name)
        there = known.get(family, OTHERS.get(family))
        if there is None:
            problems.append(f"{name} is no metric of docs/METRICS.md")
            continue
        used |= there
        chosen = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", labels or ""))
        problems += [f"{name} has no label {label}" for label in chosen - there - TARGET]
    grouped = {label for labels in re.findall(r"\bby \(([^)]*)\)", expr) for label in re.findall(r"\w+", labels)}
    return problems + [f"grouped by {label}, which none of its metrics has" for label in grouped - used - TARGET]


if __name__ == "__main__":
    main()
