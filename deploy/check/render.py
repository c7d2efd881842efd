"""Every overlay and every component can be rendered, twice the same, and makes nothing twice."""

import collections

from manifests import KUBERNETES, components, everything, finish, kustomize, overlays, title


def main() -> None:
    problems, count = [], 0
    rendered = everything()
    for name, content in rendered.items():
        count += len(content)
        names = collections.Counter(title(document) for document in content)
        problems += [f"{name}: {what} is there {times} times" for what, times in names.items() if times > 1]
        outside = {d["metadata"].get("namespace", "replydesk") for d in content} - {"replydesk"}
        problems += [f"{name}: something lies in namespace {namespace}" for namespace in outside]
    for name in overlays():
        path = KUBERNETES / "overlays" / name
        if kustomize(path) != kustomize(path):
            problems.append(f"{name}: rendered twice, it is not the same")
    if not components():
        problems.append("no component was found")
    finish(problems, f"{len(rendered)} renderings, {count} resources")


if __name__ == "__main__":
    main()
