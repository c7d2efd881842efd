"""Follows the feed of a site, each change once, across restarts on both sides."""

import json
import sys
import threading
import time

import grpc
from replydesk.v1 import comment_pb2

from . import states
from .pause import Pause
from .refusal import Code, Refusal

# A sign of life comes at least every 15 s; a stream that is silent for this long is dead.
SILENCE = 60.0


class Follower:
    def __init__(self, desk, state, site, until=None):
        self._desk = desk
        self._state = state
        self._site = site
        self._until = until
        self._pause = Pause()

    def run(self):
        """Returns once `until` changes are stored. Raises what connecting again does not cure."""
        while not self._is_done():
            try:
                self._watch()
                wait = self._pause.next()
                why = "the stream ended"
            except grpc.RpcError as error:
                refusal = Refusal(error)
                if refusal.code == Code.OUT_OF_RANGE:
                    wait, why = self._reconcile_if_possible(refusal)
                elif refusal.is_outage() or refusal.code == Code.RESOURCE_EXHAUSTED:
                    wait, why = self._pause.next(refusal.retry_after), str(refusal)
                else:
                    raise
            if not self._is_done():
                print(f"blog: {why}; again in {wait:.1f} s, after {self._state.cursor!r}", file=sys.stderr)
                time.sleep(wait)

    def _is_done(self):
        return self._until is not None and self._state.taken >= self._until

    def _watch(self):
        request = comment_pb2.WatchEventsRequest(site=self._site, cursor=self._state.cursor)
        stream = self._desk.call("WatchEvents", request)
        alarm = Alarm(stream.cancel)
        try:
            for message in stream:
                alarm.postpone()
                self._pause.reset()
                if message.HasField("event"):
                    self._take(message.event)
                elif message.heartbeat.cursor:
                    self._state.take(message.heartbeat.cursor, [])
                if self._is_done():
                    return
        finally:
            alarm.stop()
            stream.cancel()

    def _take(self, event):
        change = _change(event.comment_id, event.thread_id, event.state, event.version)
        if change["state"] == "APPROVED":
            change |= self._text(event)
        if self._state.take(event.cursor, [change]):
            told = {"taken": self._state.taken, "comment_id": event.comment_id}
            _tell({**told, "state": change["state"], "version": event.version})

    def _text(self, event):
        """What is shown: read when a comment is shown, and again when its author or a moderator has changed it."""
        known = self._state.comment(event.comment_id)
        if known and "body" in known and event.WhichOneof("cause") not in ("revised", "redacted"):
            return {"name": known["name"], "body": known["body"]}
        request = comment_pb2.GetCommentRequest(site=self._site, comment_id=event.comment_id)
        try:
            comment = self._desk.call("GetComment", request).comment
        except grpc.RpcError as error:
            if error.code() == Code.NOT_FOUND:
                return {}
            raise
        return {"name": comment.author.display_name, "body": comment.body}

    def _reconcile_if_possible(self, refusal):
        """The feed does not reach back to the cursor: reads all comments, then goes on from the feed's head."""
        head = refusal.metadata["head_cursor"]
        changes = []
        request = comment_pb2.ListCommentsRequest(site=self._site, states=states.ALL, page_size=200)
        try:
            while True:
                page = self._desk.call("ListComments", request)
                changes += [_listed(comment) for comment in page.comments]
                if not page.next_page_token:
                    break
                request.page_token = page.next_page_token
        except grpc.RpcError as error:
            listing = Refusal(error)
            if not listing.is_outage():
                raise
            return self._pause.next(listing.retry_after), str(listing)
        newer = self._state.take(head, changes)
        _tell({"taken": self._state.taken, "reconciled": newer})
        return 0, refusal.reason


def _change(comment_id, thread_id, state, version):
    return {"comment_id": comment_id, "thread_id": thread_id, "state": states.name(state), "version": version}


def _listed(comment):
    change = _change(comment.comment_id, comment.thread.thread_id, comment.state, comment.version)
    if change["state"] == "APPROVED":
        change |= {"name": comment.author.display_name, "body": comment.body}
    return change


def _tell(line):
    print(json.dumps(line), flush=True)


class Alarm:
    """Rings once nobody has postponed it for SILENCE."""

    def __init__(self, ring):
        self._ring = ring
        self._postponed = threading.Event()
        self._is_over = False
        threading.Thread(target=self._watch, daemon=True).start()

    def postpone(self):
        self._postponed.set()

    def stop(self):
        self._is_over = True
        self._postponed.set()

    def _watch(self):
        while self._postponed.wait(SILENCE):
            if self._is_over:
                return
            self._postponed.clear()
        self._ring()
