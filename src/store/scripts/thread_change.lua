-- Writes settings of a thread, if nobody else did meanwhile, and tells the audit log (behind parts/audit.lua).
-- KEYS  1 the site's record   2 the thread's record   3 the audit log   4 the site's counters
-- ARGV  1 the version that the change was made on   2 16 random bits   3 audit details   4- a field and its value, and
--       so on; '' takes the field away
-- Reply {0, 0} no such site; {1, new version} written; {2, current version} another change came first
-- Cost  O(1)
-- Atomic because submissions compare the version with what they saw, and the log tells what was before.
if call('EXISTS', KEYS[1]) == 0 then
  return {0, 0}
end
local version = tonumber(call('HGET', KEYS[2], 'v') or '0')
if version ~= tonumber(ARGV[1]) then
  return {2, version}
end
append_audit_to(KEYS[3], KEYS[4], 14, ARGV[2], ARGV[3])
for i = 4, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    call('HDEL', KEYS[2], ARGV[i])
  else
    call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  end
end
call('HSET', KEYS[2], 'v', whole(version + 1))
return {1, version + 1}
