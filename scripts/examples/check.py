#!/usr/bin/env python3
"""Runs the examples against the real service: `make examples`.

    check.py --service target/debug/replydesk --python PYTHON --node NODE --rust target/debug/examples/blog [--only LANGUAGE]

It starts the service with a Redis of its own and TLS on a free port, makes a site and keys for each example, and plays
the scenes of scenes.py with all of them at once. It ends with 0 if each example did what it must.
"""

import argparse
import inspect
import json
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from blog import Blog
from scenes import SCENES
from service import Service

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

# Two comments at once, then one in 6 s: long enough to see an example wait, short enough to wait for it.
POLICY = """
[limits.author]
per_minute = 10
burst = 2
"""


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="replydesk-examples-") as directory:
        service = Service(args.service, directory)
        try:
            service.start()
            blogs = [blog for blog in examples(args, service, directory) if args.only in (None, blog.language)]
            for blog, neighbour in zip(blogs, blogs[1:] + blogs[:1]):
                blog.neighbour = neighbour
                welcome(service, blog, directory)
            passed, failed = play(service, blogs)
            service.stop()
        finally:
            service.kill()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def examples(args, service, directory):
    python_path = f"{EXAMPLES / 'python'}:{EXAMPLES / 'python/generated'}"
    commands = {
        "python": ([args.python, "-m", "blog"], {"PYTHONPATH": python_path, "PYTHONDONTWRITEBYTECODE": "1"}),
        "node": ([args.node, EXAMPLES / "node/blog.js"], {}),
        "rust": ([args.rust], {}),
    }
    for language, (command, environment) in commands.items():
        yield Blog(language, command, environment, service, directory)


def welcome(service, blog, directory):
    """A site with a key for its blog, and one that is no good any more."""
    policy = Path(directory) / "policy.toml"
    policy.write_text(POLICY)
    service.command("site", "create", blog.site, "--display-name", "The Gazette", "--policy", str(policy))
    make = ("key", "create", "--role", "submitter", "--site", blog.site, "--json", "--label")
    blog.write_key(json.loads(service.command(*make, "blog"))["access_key"])
    other = json.loads(service.command(*make, "the one before"))
    service.command("key", "revoke", other["key_id"])
    blog.revoked_key = other["access_key"]


def play(service, blogs):
    """Each scene with all examples at once. One that failed plays no further: later scenes stand on the ones before."""
    passed = failed = 0
    with ThreadPoolExecutor(len(blogs)) as stage:
        for scene in SCENES:
            began = time.monotonic()
            ends = play_scene(scene, service, blogs, stage)
            seconds = time.monotonic() - began
            for blog, trouble in zip(list(blogs), ends):
                verdict = "FAILED" if trouble else "ok"
                print(f"{blog.language} {scene.__name__.replace('_', ' ')}: {verdict}, {seconds:.1f} s", flush=True)
                if trouble:
                    print(trouble, file=sys.stderr, flush=True)
                    failed += 1
                    blogs.remove(blog)
                else:
                    passed += 1
    return passed, failed


def play_scene(scene, service, blogs, stage):
    if not inspect.isgeneratorfunction(scene):
        return list(stage.map(lambda blog: played(scene, service, blog), blogs))
    acts = [scene(service, blog) for blog in blogs]
    ends = [None] * len(acts)
    asked = True
    while asked:
        ends = list(stage.map(act_on, acts, ends))
        asked = {asks for asks, _ in ends if asks}
        for asks in asked:
            getattr(service, asks)()
    return [trouble for _, trouble in ends]


def played(scene, service, blog):
    try:
        scene(service, blog)
    except Exception:
        return traceback.format_exc()
    return None


def act_on(act, before):
    """What a scene asks of the service next, and what went wrong in it, if anything has."""
    if before and before[1]:
        return None, before[1]
    try:
        return next(act, None), None
    except Exception:
        return None, traceback.format_exc()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for needed in ("service", "python", "node", "rust"):
        parser.add_argument(f"--{needed}", required=True)
    parser.add_argument("--only", choices=("python", "node", "rust"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
