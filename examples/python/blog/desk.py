"""The connection to ReplyDesk: one channel, with service config, key, TLS and deadlines."""

import os
from pathlib import Path

import grpc

from replydesk.v1.comment_pb2_grpc import CommentServiceStub

REPOSITORY = Path(__file__).resolve().parents[3]

OPTIONS = [
    # A dead connection is noticed within 30 s, an idle one too: a follower mostly waits.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # A service that restarts is back within seconds; gRPC's own pauses grow to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # A page of 200 comments of the greatest size fits.
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
]


class Unusable(Exception):
    """What the environment says cannot be used; the text tells why."""


class Desk:
    """CommentService as the environment names it: see examples/README.md for the variables."""

    def __init__(self):
        config = os.environ.get("BLOG_SERVICE_CONFIG") or REPOSITORY / "docs/service-config.json"
        options = [*OPTIONS, ("grpc.service_config", _read(config).decode())]
        self._metadata = (("authorization", f"Bearer {_key()}"),)
        self._channel = _channel(os.environ.get("REPLYDESK_ADDRESS", "http://127.0.0.1:50051"), options)
        self._stub = CommentServiceStub(self._channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()

    def call(self, method, request):
        """Calls a method by its name. Its deadline and its retries are the service config's."""
        return getattr(self._stub, method)(request, metadata=self._metadata)


def _channel(address, options):
    scheme, _, rest = address.rstrip("/").partition("://")
    if scheme == "unix":
        return grpc.insecure_channel(f"unix:{rest}", options)
    # dns:/// finds every replica behind a headless service, and the service config takes them in turn.
    if scheme == "http":
        return grpc.insecure_channel(f"dns:///{rest}", options)
    if scheme == "https":
        return grpc.secure_channel(f"dns:///{rest}", _credentials(), options)
    raise Unusable("REPLYDESK_ADDRESS looks like https://desk.example:50051 or http://127.0.0.1:50051")


def _credentials():
    files = ("REPLYDESK_CA", "REPLYDESK_CERTIFICATE_KEY", "REPLYDESK_CERTIFICATE")
    authority, key, certificate = (_read(path) if (path := os.environ.get(name)) else None for name in files)
    return grpc.ssl_channel_credentials(authority, key, certificate)


def _key():
    key = os.environ.get("REPLYDESK_KEY")
    if not key:
        file = os.environ.get("REPLYDESK_KEY_FILE")
        if not file:
            raise Unusable("REPLYDESK_KEY_FILE names a file with a submitter's key: `replydesk key create` makes one")
        key = _read(file).decode()
    return key.strip()


def _read(path):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from error
