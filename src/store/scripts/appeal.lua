-- Notes that an author appeals against the decision that made a version: the comment enters the appeals lane, and keeps
-- state and version. Once for each decision; what was decided there is final.
--
-- The same appeal again is recognised by its text, which lies apart from the audit log, and answered as the first time.
--
-- KEYS   those of parts/change.lua  12 the comment's texts that lie apart from the audit log
-- ARGV   1 id  2 version  3 the author's text  4 caller's key id (8 bytes)  5 16 random bits  6 audit details
--        7 site name  8 due time from now in ms  9 '1': the site takes appeals  10 prefix of the statistics' keys
-- reply  {'APPEALED', state, version, ms, 1 if replayed} {'NOT_FOUND'} {'ERASED'} {'RETRACTED'} {'STALE', state, version}
--        {'NOT_APPEALABLE', 'state' or 'appealed' or 'answered' or 'switched_off' or 'waiting'}
-- cost   O(log n) in the queue and the audit log; about 15 commands
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
local version, appealed = tonumber(ARGV[2]), nil
for i = comment.entries, 1, -1 do
  local found = entry(comment, i)
  if found.kind == APPEALED and found.version == version then appealed = found end
end
if appealed and call('HGET', KEYS[12], whole(appealed.audit)) == ARGV[3] then
  return {'APPEALED', appealed.state, version, appealed.ms, 1}
end
if comment.state == RETRACTED then return {'RETRACTED'} end
if comment.version ~= version then return {'STALE', comment.state, comment.version} end
if appealed then return {'NOT_APPEALABLE', 'appealed'} end
if comment.state ~= REJECTED and comment.state ~= SPAM then return {'NOT_APPEALABLE', 'state'} end
local ruling = last_ruling(comment, 3)
if ruling and answers_appeal(comment, ruling) then return {'NOT_APPEALABLE', 'answered'} end
if ARGV[9] ~= '1' then return {'NOT_APPEALABLE', 'switched_off'} end
if comment.lane > REVIEW then return {'NOT_APPEALABLE', 'waiting'} end

local lease = read_lease(comment, 0)
local audit = append_audit(11, ARGV[5], ARGV[6], comment)
call('HSET', KEYS[12], audit, ARGV[3])
local before, due = comment.lane, leave_queue(comment, lease)
comment.lane = before
append_entry(comment, APPEALED, version, ARGV[4], audit, due)
enter_queue(comment, APPEALS, NOW + ARGV[8])
write_comment(comment)
count('a')
count('q')
write_statistics(ARGV[10])
wake('q', ARGV[7])
if lease then wake('l', ARGV[7]) end
return {'APPEALED', comment.state, version, NOW, 0}
