"""The image's build gets all files that the sources take in, and the build's own steps are those that the sources need."""

import re

from manifests import ROOT, finish

TAKEN_IN = re.compile(r'include_(?:str|bytes)!\(\s*"([^"]+)"\s*\)')


def main() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    copied = [path for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for path in line.split()]
    problems = [f"{path} is copied, but .dockerignore holds it back" for path in copied if not _below(path, let_through)]
    problems += [f"{path} is in .dockerignore or the Dockerfile, and not in the tree" for path in let_through + copied if not (ROOT / path).exists()]
    wanted = taken_in()
    problems += [f"{source} takes in {path}, which the Dockerfile does not copy" for source, path in wanted if not _below(path, copied)]
    problems += [f"{source} takes in {path}, which .dockerignore holds back" for source, path in wanted if not _below(path, let_through)]
    rust = re.search(r'^rust-version = "([\d.]+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    if not rust or f"ARG RUST={rust.group(1)}\n" not in dockerfile:
        problems.append("the Dockerfile's Rust is not Cargo.toml's rust-version")
    if "[profile.image]" not in (ROOT / "Cargo.toml").read_text():
        problems.append("Cargo.toml has no profile `image`, which the Dockerfile builds")
    finish(problems, f"{len(wanted)} files are taken in by the sources, and all reach the build")


def taken_in() -> list[tuple[str, str]]:
    found = []
    for source in sorted((ROOT / "src").rglob("*.rs")):
        if "tests" in source.relative_to(ROOT).parts or source.name == "tests.rs":
            continue  # not compiled for the image
        for path in TAKEN_IN.findall(source.read_text()):
            target = (source.parent / path).resolve()
            found.append((str(source.relative_to(ROOT)), str(target.relative_to(ROOT))))
    return found


def _below(path: str, roots: list[str]) -> bool:
    """Whether it is one of these, or lies in one; a folder also passes when something in it does."""
    return any(path == root or path.startswith(f"{root}/") or root.startswith(f"{path}/") for root in roots)


if __name__ == "__main__":
    main()
