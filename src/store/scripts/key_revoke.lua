-- Takes an access key back, and tells the audit log the first time (behind parts/audit.lua). Its record stays, since
-- records and audit entries name it.
-- KEYS  1 the key's record   2 the audit log   3 its counters
-- ARGV  1 16 random bits   2 audit details
-- Reply milliseconds of when it was first taken back; 0 for an unknown key
-- Cost  O(1)
-- Atomic because the first time must stay when two revoke it.
if call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local revoked = call('HGET', KEYS[1], 'revoked')
if revoked then
  return tonumber(revoked)
end
append_audit_to(KEYS[2], KEYS[3], 18, ARGV[1], ARGV[2])
call('HSET', KEYS[1], 'revoked', whole(NOW))
return NOW
