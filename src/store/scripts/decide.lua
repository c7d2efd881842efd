-- Carries out a moderator's verdict on a version of a comment: state, event, audit entry, counts and queue in one step.
-- Verdict 4 escalates: the comment moves to the senior lane, and keeps state and version; there is no event.
--
-- Its own recorded success is recognised before version and lease are looked at, so a repetition after a lost reply is
-- answered as the first time.
--
-- KEYS   those of parts/change.lua
-- ARGV   1 id  2 version  3 verdict  4 moderator's key id (8 bytes)  5 token (8 bytes) or ''
--        6 '1': although another holds it  7 16 random bits  8 event details  9 audit details  10 site name
--        11 the longest that anything rests (lease or cool-down) in ms  12 '1': may decide what is escalated
--        13 the site's own code, or ''  14 '1': count by moderator  15 prefix of the statistics' keys
-- reply  {'DECIDED', state, version, ms, 1 if replayed, waits ended in time, and late} {'NOT_FOUND'} {'ERASED'} {'RETRACTED'} {'STALE', state, version}
--        {'LEASED'} {'ESCALATED'} {'SAME_MODERATOR'}
-- cost   O(log n) in the queue and the indexes; about 29 commands
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
local version, verdict, by = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local made = verdict == ESCALATED and version or version + 1
local last = last_ruling(comment, ESCALATED)
if last and last.version == made and last.kind == verdict and last.by == by then
  return {'DECIDED', verdict == ESCALATED and comment.state or verdict + 1, made, last.ms, 1, 0, 0}
end
if comment.version ~= version then return {'STALE', comment.state, comment.version} end
if comment.state == RETRACTED then return {'RETRACTED'} end
if comment.lane == SENIOR and ARGV[12] ~= '1' then return {'ESCALATED'} end
if is_for_another(comment, by) then return {'SAME_MODERATOR'} end

local lease = read_lease(comment, tonumber(ARGV[11]))
if lease and lease.lives and ARGV[6] ~= '1' then
  -- Who names no lease may decide on what the same key holds, on a stream of its own, say.
  local mine = lease.token == ARGV[5] or (ARGV[5] == '' and lease.holder == by)
  if not mine then return {'LEASED'} end
end

comment.lease = lease
COUNT.reason, COUNT.by_moderator = ARGV[13], ARGV[14] == '1'
local state = verdict == ESCALATED and comment.state or verdict + 1
if verdict == ESCALATED then
  local audit = append_audit(2, ARGV[7], ARGV[9], comment)
  count_ruling(comment, ESCALATED, by)
  local before, due = comment.lane, leave_queue(comment, lease)
  comment.lane = before
  append_entry(comment, ESCALATED, version, by, audit, due)
  enter_queue(comment, SENIOR, due or NOW)
  write_comment(comment)
  wake('q', ARGV[10])
else
  rule(comment, verdict, by, ARGV[7], ARGV[8], nil, ARGV[9])
  wake('d', ARGV[10])
end
if lease and lease.token ~= ARGV[5] then wake('l', ARGV[10]) end
write_statistics(ARGV[15])
return {'DECIDED', state, made, NOW, 0, WAITS.in_time, WAITS.late}
