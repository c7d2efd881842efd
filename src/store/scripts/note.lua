-- Leaves a note on a comment: an audit entry and a place in the comment's history; state and version stay.
--
-- The same note by the same key again, while it is the last thing that was done to the comment, is answered as the first
-- time. A history that is nearly full keeps its room for decisions: then the audit log alone has the note.
--
-- KEYS   those of parts/change.lua
-- ARGV   1 id  2 moderator's key id (8 bytes)  3 16 random bits  4 audit details
-- reply  {'NOTED'} {'NOT_FOUND'} {'ERASED'}
-- cost   O(log n) in the audit log; at most 7 commands
local NOTED, MOST_WITH_NOTES = 7, 12
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
local last = last_entry(comment)
if last and last.kind == NOTED and last.by == ARGV[2] then
  local sequence = whole(last.audit)
  local noted = call('XRANGE', AUDIT, sequence, sequence, 'COUNT', 1)[1]
  local fields = noted and noted[2] or {}
  for i = 1, #fields, 2 do
    if fields[i] == 'x' and fields[i + 1] == ARGV[4] then return {'NOTED'} end
  end
end
local audit = append_audit(4, ARGV[3], ARGV[4], comment)
if comment.entries < MOST_WITH_NOTES then
  append_entry(comment, NOTED, comment.version, ARGV[2], audit)
  write_comment(comment)
end
return {'NOTED'}
