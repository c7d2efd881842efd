-- Creates a site's record at policy version 1, unless there is one, and tells its audit log (behind parts/audit.lua).
-- KEYS  1 the site's record   2 the audit log   3 the site's counters
-- ARGV  1 policy, JSON   2 display name   3 16 random bits   4 audit details
-- Reply milliseconds of its creation, 0 if the site exists
-- Cost  O(1)
-- Atomic because of two creators only one may win.
if call('EXISTS', KEYS[1]) == 1 then
  return 0
end
append_audit_to(KEYS[2], KEYS[3], 15, ARGV[3], ARGV[4])
call('HSET', KEYS[1], 'v', 1, 'p', ARGV[1], 'n', ARGV[2], 't', whole(NOW))
return NOW
