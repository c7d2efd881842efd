"""How the protos' states are called here."""

from replydesk.v1.resources_pb2 import CommentState

PREFIX = "COMMENT_STATE_"

# ERASED is listed only when asked for, and tells what to delete.
ALL = [state for state in CommentState.values() if state != CommentState.COMMENT_STATE_UNSPECIFIED]


def name(state):
    """Such as PENDING. A state that this blog does not know yet is UNSPECIFIED, and not shown."""
    known = state if state in CommentState.values() else CommentState.COMMENT_STATE_UNSPECIFIED
    return CommentState.Name(known).removeprefix(PREFIX)
