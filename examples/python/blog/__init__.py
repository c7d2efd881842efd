"""A small blog back end that hands its comments to ReplyDesk."""
