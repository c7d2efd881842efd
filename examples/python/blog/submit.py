"""Hands in comments, and says what the reader should see."""

import sys
import time

import grpc
from replydesk.v1 import comment_pb2, resources_pb2

from . import states
from .pause import Pause
from .refusal import DEFECTS, Code, Refusal

# The fields of the form, by the paths that violations name. Whatever else is wrong is not the reader's doing.
FORM = {
    "author.display_name": "name",
    "author.email": "email",
    "author.website": "website",
    "body": "comment",
}

TOLD = {
    "APPROVED": "Your comment is published.",
    "PENDING": "Thank you. Your comment will be published once a moderator has read it.",
}
NOT_PUBLISHED = "Your comment was not published."
KEPT = "Thank you. We have your comment, and will pass it on as soon as we can."
WRONG = "Your comment could not be taken."


def request(form):
    return comment_pb2.SubmitCommentRequest(
        site=form["site"],
        comment_id=form["comment_id"],
        parent_id=form["parent"],
        thread=resources_pb2.Thread(thread_id=form["thread"], url=form["url"], title=form["title"]),
        author=comment_pb2.AuthorInput(
            display_name=form["name"],
            email=form["email"],
            website=form["website"],
            account_id=form["account"],
        ),
        body=form["comment"],
        transport=comment_pb2.Transport(ip_address=form["ip"], user_agent=form["user_agent"]),
    )


def hand_in(desk, state, form, patience):
    """Stores the form, sends it until it has an answer or `patience` seconds are over, and answers with what to show."""
    state.keep(form)
    answer = _send(desk, form, patience)
    if answer["result"] != "kept":
        state.forget(form)
    return {"comment_id": form["comment_id"], **answer}


def _send(desk, form, patience):
    until = time.monotonic() + patience
    pause = Pause()
    while True:
        try:
            # gRPC itself repeats what was UNAVAILABLE for a moment: see the service config.
            return _taken(desk.call("SubmitComment", request(form)))
        except grpc.RpcError as error:
            refusal = Refusal(error)
        if not (refusal.is_outage() or refusal.is_limit()):
            return _refused(refusal)
        wait = refusal.retry_after if refusal.is_limit() else pause.next(refusal.retry_after)
        if time.monotonic() + wait > until:
            return _limited(refusal) if refusal.is_limit() else _kept(refusal)
        print(f"blog: {refusal}; the same again in {wait:.1f} s", file=sys.stderr)
        time.sleep(wait)


def _taken(response):
    # The state, not the outcome: after a late repetition a moderator may have decided already.
    state = states.name(response.state)
    return {
        "result": "taken",
        "state": state,
        "version": response.version,
        "replayed": response.replayed,
        "message": TOLD.get(state, NOT_PUBLISHED),
    }


def _limited(refusal):
    seconds = round(refusal.retry_after, 1)
    message = f"That was fast. Please send your comment again in {max(1, round(seconds))} seconds."
    return {"result": "limited", "limit": refusal.limit or "replica", "retry_after_s": seconds, "message": message}


def _kept(refusal):
    print(f"blog: {refusal}; kept", file=sys.stderr)
    return {"result": "kept", "code": refusal.code.name, "reason": refusal.reason, "message": KEPT}


def _refused(refusal):
    match refusal.code, refusal.reason:
        case Code.INVALID_ARGUMENT, _:
            return _invalid(refusal)
        case Code.ALREADY_EXISTS, "DUPLICATE_COMMENT":
            first = refusal.metadata.get("comment_id", "")
            return {"result": "duplicate", "first": first, "message": "You have said this here already."}
        case Code.FAILED_PRECONDITION, "THREAD_CLOSED":
            by = refusal.metadata.get("closed_by", "")
            return {"result": "closed", "closed_by": by, "message": "This article takes no more comments."}
        case code, _ if code in DEFECTS:
            # A key that expired, a site that is misspelt: ours to mend, and then `resend`.
            return _kept(refusal)
    print(f"blog: {refusal}", file=sys.stderr)
    return {"result": "refused", "code": refusal.code.name, "reason": refusal.reason, "message": WRONG}


def _invalid(refusal):
    form = {FORM[field]: why for field, why in refusal.violations if field in FORM}
    defects = {field: why for field, why in refusal.violations if field not in FORM}
    for field, why in defects.items():
        print(f"blog: {field} {why}: a defect of this blog", file=sys.stderr)
    message = "Please look at the fields that are marked." if form else WRONG
    return {"result": "invalid", "form": form, "defects": defects, "message": message}
