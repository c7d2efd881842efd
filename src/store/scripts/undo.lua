-- Undoes the decision that made a comment's current version: state, queue, event, audit entry and counts are set back in
-- one step. An undone escalation goes back to the lane that it came from, without event and version.
--
-- Its own recorded success is recognised first, so a repetition after a lost reply is answered as the first time.
--
-- KEYS   those of parts/change.lua
-- ARGV   1 id  2 the version that the decision made  3 moderator's key id (8 bytes)  4 16 random bits  5 event details
--        6 audit details  7 site name  8 how long a decision can be undone, in ms  9 '1': may decide what is escalated
--        10 '1': count by moderator  11 prefix of the statistics' keys
-- reply  {'UNDONE', state, version, ms, verdict, 1 if replayed} {'NOT_FOUND'} {'ERASED'} {'STALE', state, version}
--        {'NO_DECISION'} {'TOO_LATE', ms of the decision} {'ESCALATED'} {'SAME_MODERATOR'}
-- cost   O(log n) in the queue and the indexes; about 28 commands
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
local made, by = tonumber(ARGV[2]), ARGV[3]
local function undone_verdict()
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.kind <= ESCALATED and found.version == made then return found.kind end
  end
  return 0
end
-- Notes, redactions and the like may have come since.
local function undone_before()
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.kind <= ESCALATED then return nil end
    if found.kind == UNDONE then return found.version == made + 1 and found.by == by and found or nil end
  end
end
local before = undone_before()
local said = undone_verdict()
if before and said > 0 then return {'UNDONE', comment.state, comment.version, before.ms, said, 1} end
local ruling = last_ruling(comment, ESCALATED)
if ruling and ruling.version == made and comment.version == made then
  if (ruling.lane == SENIOR or ruling.kind == ESCALATED and ruling.by ~= by) and ARGV[9] ~= '1' then return {'ESCALATED'} end
  if undo_is_for_another(comment, ruling, by) then return {'SAME_MODERATOR'} end
  if NOW - ruling.ms > tonumber(ARGV[8]) then return {'TOO_LATE', ruling.ms} end
  comment.lease = read_lease(comment, 0)
  COUNT.by_moderator = ARGV[10] == '1'
  local version = undo(comment, ruling, by, ARGV[4], ARGV[5], nil, ARGV[6])
  if comment.lease then wake('l', ARGV[7]) end
  wake(ruling.kind == ESCALATED and 'q' or ruling.lane > 0 and 'b' or 'e', ARGV[7])
  write_statistics(ARGV[11])
  return {'UNDONE', comment.state, version, NOW, ruling.kind, 0}
end
if comment.version ~= made then return {'STALE', comment.state, comment.version} end
return {'NO_DECISION'}
