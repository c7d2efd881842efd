"""What a Grafana dashboard is made of, as far as these need it: rows of panels, 24 columns wide."""

SOURCE = {"type": "prometheus", "uid": "${source}"}


def _panel(kind: str, title: str, about: str, queries: list[tuple[str, str]], unit: str, **options) -> dict:
    targets = [
        {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
        for place, (expr, legend) in enumerate(queries)
    ]
    return {
        "type": kind,
        "title": title,
        "description": about,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": unit, **options.pop("defaults", {})}, "overrides": []},
        "options": options,
    }


def graph(title: str, about: str, queries: list[tuple[str, str]], unit: str = "short", stacked: bool = False) -> dict:
    """Lines over time; stacked where the parts make a whole."""
    custom = {"lineWidth": 1, "fillOpacity": 25 if stacked else 5, "showPoints": "never"}
    if stacked:
        custom["stacking"] = {"mode": "normal"}
    return _panel(
        "timeseries", title, about, queries, unit,
        defaults={"custom": custom, "min": 0},
        legend={"displayMode": "list", "placement": "bottom"},
        tooltip={"mode": "multi", "sort": "desc"},
    )


def figure(title: str, about: str, expr: str, unit: str = "short", limits: list[tuple[float, str]] = ()) -> dict:
    """One number; its colour changes at each (value, colour)."""
    steps = [{"color": "green", "value": None}, *({"color": colour, "value": value} for value, colour in limits)]
    return _panel(
        "stat", title, about, [(expr, "")], unit,
        defaults={"thresholds": {"mode": "absolute", "steps": steps}, "noValue": "–"},
        reduceOptions={"calcs": ["lastNotNull"]},
        colorMode="value",
        graphMode="area",
    )


def heat(title: str, about: str, expr: str, unit: str = "short") -> dict:
    """A histogram over time."""
    panel = _panel(
        "heatmap", title, about, [(expr, "{{le}}")], unit,
        calculate=False, yAxis={"unit": unit}, color={"mode": "scheme", "scheme": "Oranges"},
    )
    panel["targets"][0]["format"] = "heatmap"
    return panel


def table(title: str, about: str, expr: str, unit: str = "short") -> dict:
    panel = _panel("table", title, about, [(expr, "")], unit)
    panel["targets"][0] |= {"format": "table", "instant": True}
    return panel


def dashboard(uid: str, title: str, about: str, rows: list[tuple[str, int, list[dict]]], variables: list[dict] = ()) -> dict:
    """Rows of (title, height, panels); the panels of a row share its width evenly."""
    panels, top = [], 0
    for name, height, content in rows:
        panels.append({"type": "row", "title": name, "collapsed": False, "panels": [], "gridPos": _at(0, top, 24, 1)})
        top += 1
        width = 24 // len(content)
        for place, panel in enumerate(content):
            panels.append(panel | {"gridPos": _at(place * width, top, width, height)})
        top += height
    for number, panel in enumerate(panels, start=1):
        panel["id"] = number
    source = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {
        "uid": uid,
        "title": title,
        "description": about,
        "tags": ["replydesk"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [source, *variables]},
        "annotations": {"list": []},
        "panels": panels,
    }


def choice(name: str, label: str, metric: str) -> dict:
    """A variable with the values that a label has, several at once."""
    return {
        "name": name, "label": label, "type": "query", "datasource": SOURCE,
        "query": {"query": f"label_values({metric}, {name})", "refId": "values"},
        "refresh": 2, "includeAll": True, "multi": True, "sort": 1, "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _at(x: int, y: int, width: int, height: int) -> dict:
    return {"x": x, "y": y, "w": width, "h": height}
