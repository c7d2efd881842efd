"""The blog's own records: what was handed in and has no answer yet, what the feed told, and how far it was read.

A real blog has a database. What matters is the same there: the comment's id is stored before the first attempt, and an
event and its cursor are stored in one step.
"""

import json
import os
from pathlib import Path


class State:
    def __init__(self, directory):
        self._directory = Path(directory)
        self._outbox = self._directory / "outbox"
        self._file = self._directory / "blog.json"
        self._outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._blog = {"cursor": "", "taken": 0, "comments": {}}
        if self._file.exists():
            self._blog = json.loads(self._file.read_text("utf-8"))

    # The outbox: forms that have no answer yet. They hold addresses, so nobody else reads them, and they don't stay.

    def keep(self, form):
        _write(self._outbox / f"{form['comment_id']}.json", form)

    def forget(self, form):
        (self._outbox / f"{form['comment_id']}.json").unlink(missing_ok=True)

    def unanswered(self):
        """The oldest first: ids of version 7 begin with the time."""
        return [json.loads(file.read_text("utf-8")) for file in sorted(self._outbox.glob("*.json"))]

    # The feed.

    @property
    def cursor(self):
        return self._blog["cursor"]

    @property
    def taken(self):
        """How many changes were taken in, in all runs."""
        return self._blog["taken"]

    def comment(self, comment_id):
        return self._blog["comments"].get(comment_id)

    def take(self, cursor, changes):
        """Takes in what is newer than what is here, with the cursor after it, in one step. Answers how many were."""
        newer = [change for change in changes if self._is_newer(change)]
        for change in newer:
            self._blog["comments"][change.pop("comment_id")] = change
        self._blog["taken"] += len(newer)
        if newer or cursor != self.cursor:
            self._blog["cursor"] = cursor
            _write(self._file, self._blog)
        return len(newer)

    def _is_newer(self, change):
        known = self.comment(change["comment_id"])
        return known is None or change["version"] > known["version"]

    def approved(self, thread_id):
        comments = self._blog["comments"].items()
        return [(id, c) for id, c in sorted(comments) if c["thread_id"] == thread_id and c["state"] == "APPROVED"]


def _write(path, value):
    """Whoever reads the file, also after a crash, finds the old or the new content, never a part."""
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
