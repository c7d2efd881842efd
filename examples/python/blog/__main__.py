"""`python -m blog`: the blog's command line. examples/README.md tells what it prints and how it ends."""

import argparse
import html
import json
import os
import secrets
import signal
import sys
import time
import uuid

import grpc

from .desk import Desk, Unusable
from .follow import Follower
from .refusal import Refusal
from .state import State
from .submit import hand_in

EXITS = {"taken": 0, "invalid": 2, "limited": 75, "kept": 75}


def main():
    args = arguments().parse_args()
    state = State(args.state)
    try:
        return args.run(args, state)
    except Unusable as why:
        print(f"blog: {why}", file=sys.stderr)
        return 2
    except grpc.RpcError as error:
        print(f"blog: {Refusal(error)}", file=sys.stderr)
        return 1


def submit(args, state):
    fields = "site thread parent url title name email website account comment ip user_agent"
    form = {field: getattr(args, field) for field in fields.split()}
    form["comment_id"] = args.id or fresh_id()
    with Desk() as desk:
        answer = hand_in(desk, state, form, args.wait)
    print(json.dumps(answer))
    return EXITS.get(answer["result"], 1)


def resend(args, state):
    code = 0
    with Desk() as desk:
        for form in state.unanswered():
            answer = hand_in(desk, state, form, args.wait)
            print(json.dumps(answer), flush=True)
            code = max(code, EXITS.get(answer["result"], 1))
    return code


def follow(args, state):
    # State is stored in whole steps, so stopping is safe at any moment.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with Desk() as desk:
        Follower(desk, state, args.site, args.until).run()
    return 0


def show(args, state):
    for comment_id, comment in state.approved(args.thread):
        # Bodies are plain text: whatever a reader typed stays text.
        name, body = (html.escape(comment.get(field, "")) for field in ("name", "body"))
        print(f'<article id="{html.escape(comment_id)}"><h4>{name}</h4><p>{body}</p></article>')
    return 0


def fresh_id():
    """A UUID of version 7: 48 bits of time, the rest by chance."""
    bits = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return str(uuid.UUID(int=bits | 0b10 << 62 | secrets.randbits(62)))


def arguments():
    parser = argparse.ArgumentParser(prog="blog", description=__doc__)
    state = os.environ.get("BLOG_STATE", "blog-state")
    parser.add_argument("--state", default=state, help="the directory of the blog's records")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("submit", help="hand in a comment, and print what the reader should see")
    command.add_argument("comment", help="the comment's text")
    for flag in ("site", "thread"):
        command.add_argument(f"--{flag}", required=True)
    for flag in ("name", "email", "website", "account", "parent", "url", "title", "ip", "user-agent"):
        command.add_argument(f"--{flag}", default="")
    command.add_argument("--id", help="the comment's id from an attempt before; a fresh one if left out")
    command.add_argument("--wait", type=float, default=5, help="for how many seconds to try; 5 if left out")
    command.set_defaults(run=submit)

    command = commands.add_parser("resend", help="hand in again what has no answer yet")
    command.add_argument("--wait", type=float, default=30, help="for how many seconds to try each; 30 if left out")
    command.set_defaults(run=resend)

    command = commands.add_parser("follow", help="follow the feed, and print each change")
    command.add_argument("--site", required=True)
    command.add_argument("--until", type=int, help="stop once so many changes are stored, earlier runs' among them")
    command.set_defaults(run=follow)

    command = commands.add_parser("show", help="print a thread's comments as HTML")
    command.add_argument("--thread", required=True)
    command.set_defaults(run=show)
    return parser


if __name__ == "__main__":
    sys.exit(main())
