"""One of the examples, as a process that a person would start."""

import copy
import json
import os
import subprocess
from pathlib import Path

from service import PATIENCE, wait_for


class Blog:
    def __init__(self, language, command, environment, service, directory):
        self.language = language
        self.site = f"gazette-{language}"
        self.state = Path(directory) / language
        self._command = [str(part) for part in command]
        self._environment = {**service.environment, **environment, "BLOG_STATE": str(self.state)}
        self._key = Path(directory) / f"{language}.key"
        self.revoked_key = None
        self.posts = 0
        self.follower = None
        self.neighbour = None

    def continued_by(self, other):
        """The same blog, when somebody has put another example in this one's place."""
        heir = copy.copy(self)
        heir._command = other._command
        heir._environment = {**other._environment, "BLOG_STATE": str(self.state)}
        return heir

    def write_key(self, key):
        with open(os.open(self._key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(key)

    def start(self, *arguments, **environment):
        given = {"REPLYDESK_KEY_FILE": str(self._key), **environment}
        return Run([*self._command, *arguments], {**self._environment, **given})

    def run(self, *arguments, **environment):
        return self.start(*arguments, **environment).end()

    def submit(self, text, author="ada", thread="tram", more=(), **environment):
        return self.begin(text, author, thread, more, **environment).end()

    def begin(self, text, author="ada", thread="tram", more=(), **environment):
        who = ("--name", author.title(), "--email", f"{author}@example.org") if author else ()
        return self.start("submit", "--site", self.site, "--thread", thread, *who, *more, text, **environment)

    def follow(self, until=None):
        return self.start("follow", "--site", self.site, *(("--until", str(until)) if until else ()))

    def outbox(self):
        return sorted(file.stem for file in (self.state / "outbox").glob("*.json"))

    def records(self):
        return json.loads((self.state / "blog.json").read_text("utf-8"))

    def change_records(self, change):
        records = self.records()
        change(records)
        (self.state / "blog.json").write_text(json.dumps(records), "utf-8")


class Run:
    """A command that runs. What it prints goes to files: it never waits for us, and what a killed one said stays."""

    count = 0

    def __init__(self, command, environment):
        Run.count += 1
        state = Path(environment["BLOG_STATE"])
        state.mkdir(exist_ok=True)
        self._out, self._err = (state / f"run-{Run.count}-{id(self)}.{end}" for end in ("out", "err"))
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            self._process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)

    def lines(self):
        """What it printed, as far as it has come: whole lines of JSON."""
        text = self._out.read_text("utf-8")
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def text(self):
        return self._out.read_text("utf-8")

    def said(self):
        return self._err.read_text("utf-8")

    def wait_for_lines(self, number):
        def has_them():
            assert self._process.poll() is None, f"it ended with {self._process.returncode}: {self.said()}"
            return len(self.lines()) >= number

        wait_for(f"{number} lines", has_them)

    def wait_to_hear(self, what):
        wait_for(f"it to say {what}", lambda: what in self.said())

    def is_over(self):
        return self._process.poll() is not None

    def kill(self):
        self._process.kill()
        self._process.wait()

    def terminate(self):
        self._process.terminate()
        return self.end()

    def end(self):
        try:
            self.code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise AssertionError(f"it does not end; it said: {self.said()}") from error
        return self

    def answer(self, result, code):
        """Its only line, which must have this result and end the command with this code."""
        lines = self.lines()
        where = f"{lines}, exit code {self.code}, said: {self.said()}"
        assert len(lines) == 1 and lines[0].get("result") == result and self.code == code, where
        assert lines[0]["message"], where
        return lines[0]
