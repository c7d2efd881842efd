"""What a status means: its code, its stable reason, and the google.rpc details that tell what to do."""

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

Code = grpc.StatusCode

# What passes by itself, or once somebody has mended it. A comment is kept for both; a follower goes on with the first.
OUTAGES = {Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.UNKNOWN, Code.CANCELLED}
DEFECTS = {Code.UNAUTHENTICATED, Code.PERMISSION_DENIED, Code.NOT_FOUND, Code.INTERNAL, Code.UNIMPLEMENTED}


class Refusal:
    """Match on `code` and `reason`; `message` is for the log."""

    def __init__(self, error):
        self.code = error.code()
        self.message = error.details()
        self.reason = ""
        self.metadata = {}
        self.violations = []
        self.limit = None
        self.retry_after = None
        status = rpc_status.from_call(error)
        for detail in status.details if status else ():
            self._take(detail)

    def _take(self, detail):
        info = error_details_pb2.ErrorInfo()
        bad = error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        quota = error_details_pb2.QuotaFailure()
        # Unpack answers whether the detail is one of that kind. Others may be added; they are passed over.
        if detail.Unpack(info):
            self.reason, self.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            self.violations = [(violation.field, violation.description) for violation in bad.field_violations]
        elif detail.Unpack(retry):
            self.retry_after = retry.retry_delay.ToTimedelta().total_seconds()
        elif detail.Unpack(quota):
            self.limit = quota.violations[0].subject.removeprefix("limit:") if quota.violations else None

    def is_outage(self):
        return self.code in OUTAGES

    def is_limit(self):
        """Whether waiting helps. Without RetryInfo it does not: the message is too large, say."""
        return self.code == Code.RESOURCE_EXHAUSTED and self.retry_after is not None

    def __str__(self):
        return f"{self.code.name} {self.reason}: {self.message}"
