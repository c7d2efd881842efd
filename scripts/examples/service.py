"""The real service, with a Redis of its own and TLS, and its commands: what the blogs run against."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

# Longer than any command takes, also on a busy machine.
PATIENCE = 60


class Service:
    def __init__(self, binary, directory):
        self._binary = Path(binary).resolve()
        self._directory = Path(directory)
        self._process = None
        self._log = self._directory / "serve.log"
        self._make_certificates()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")},
            "REPLYDESK_ADDRESS": f"https://localhost:{self._port}",
            "REPLYDESK_CA": str(self._directory / "ca.pem"),
        }
        # A Redis of somebody else's is none of ours.
        self.environment.pop("REDIS_URL", None)

    def start(self):
        command = [self._binary, "serve", "--data-dir", self._directory / "data", "--listen", f"127.0.0.1:{self._port}"]
        for name, file in (("certificate_file", "server.pem"), ("private_key_file", "server.key")):
            command += ["--set", f"tls.{name}={self._directory / file}"]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        wait_for("the service to answer", self._answers)

    def stop(self):
        """As a rollout does: SIGTERM, then it drains."""
        if self._process and self._process.poll() is None:
            self.thaw()
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(PATIENCE) == 0, f"the service ended with {self._process.returncode}"

    def freeze(self):
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def command(self, *arguments, input=None):
        """Runs a command of the service as its admin; answers with what it printed."""
        key = self._directory / "data/secrets/admin.key"
        done = subprocess.run(
            [self._binary, *arguments, "--key-file", key],
            env=self.environment,
            input=input,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"replydesk {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def events(self, site):
        """What the feed has, by the service's own command: the truth that a blog's records are held to."""
        return [json.loads(line) for line in self.command("events", "--site", site, "--json").splitlines()]

    def log(self):
        return self._log.read_text("utf-8", "replace")

    def _answers(self):
        if self._process.poll() is not None:
            raise AssertionError(f"the service did not start:\n{self.log()}")
        try:
            self.command("site", "list")
        except AssertionError:
            return False
        return True

    def _make_certificates(self):
        """An authority, and a certificate for localhost that it signs."""
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
        self._openssl("req", "-x509", *new_key, "-subj", "/CN=examples", "-keyout", "ca.key", "-out", "ca.pem")
        self._openssl(
            *("req", *new_key, "-subj", "/CN=desk", "-addext", "subjectAltName=DNS:localhost"),
            *("-addext", "basicConstraints=CA:FALSE", "-keyout", "server.key", "-out", "server.csr"),
        )
        self._openssl(
            *("x509", "-req", "-in", "server.csr", "-copy_extensions", "copyall", "-days", "2"),
            *("-CA", "ca.pem", "-CAkey", "ca.key", "-out", "server.pem"),
        )

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self._directory, capture_output=True, text=True)
        assert done.returncode == 0, f"openssl {arguments[0]}: {done.stderr}"


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)
