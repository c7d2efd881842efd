-- Replaces a site's policy and display name, if nobody else did meanwhile, and tells the audit log (behind parts/audit.lua).
-- KEYS  1 the site's record   2 the audit log   3 the site's counters
-- ARGV  1 the version that the change was made on   2 policy, JSON   3 display name   4 16 random bits   5 audit details
-- Reply {0, 0} no such site; {1, new version} written; {2, current version} stale
-- Cost  O(1)
-- Atomic because the version must be current when the change is written.
local version = tonumber(call('HGET', KEYS[1], 'v'))
if not version then
  return {0, 0}
end
if version ~= tonumber(ARGV[1]) then
  return {2, version}
end
append_audit_to(KEYS[2], KEYS[3], 16, ARGV[4], ARGV[5])
call('HSET', KEYS[1], 'v', whole(version + 1), 'p', ARGV[2], 'n', ARGV[3])
return {1, version + 1}
