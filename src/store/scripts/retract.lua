-- Withdraws a comment by its author's will: state, event, audit entry, counts and queue in one step. It frees memory, and
-- must work in a full Redis.
--
-- What is retracted is answered as the first time.
--
-- KEYS   those of parts/change.lua
-- ARGV   1 id  2 caller's key id (8 bytes)  3 16 random bits  4 event details  5 audit details  6 site name
-- reply  {'RETRACTED', version, ms, 1 if replayed} {'NOT_FOUND'} {'ERASED'}
-- cost   O(log n) in the queue and the indexes; about 24 commands
local WITHDRAWN = 10
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
if comment.state == RETRACTED then
  local at = comment.submitted
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.kind == WITHDRAWN then return {'RETRACTED', found.version, found.ms, 1} end
  end
  return {'RETRACTED', comment.version, at, 1}
end
local version, lease = comment.version + 1, read_lease(comment, 0)
local event = append_event(comment, RETRACTED, version, ARGV[3], ARGV[4])
local audit = append_audit(9, ARGV[3], ARGV[5], comment, RETRACTED, version, event)
local before, due = comment.lane, leave_queue(comment, lease)
comment.lane = before
append_entry(comment, WITHDRAWN, version, ARGV[2], audit, due)
comment.lane = 0
move_to(comment, RETRACTED)
comment.version = version
write_comment(comment)
wake('e', ARGV[6])
if lease then wake('l', ARGV[6]) end
return {'RETRACTED', version, NOW, 0}
