-- Writes an access key's record, lists its id, and tells the audit log (behind parts/audit.lua).
-- KEYS  1 the key's record   2 the set of all keys' ids   3 the audit log   4 its counters
-- ARGV  1 id   2 the most keys   3 SHA-256 of the secret   4 role   5 sites   6 label   7 expiry in milliseconds or ''
--       8 16 random bits   9 audit details
-- Reply {1, milliseconds of its creation}; {0, 1} the id is taken; {0, 2} too many; {0, 3} it expires before now
-- Cost  O(1)
-- Atomic because a key that is not listed could never be found and revoked.
if call('EXISTS', KEYS[1]) == 1 then
  return {0, 1}
end
if call('SCARD', KEYS[2]) >= tonumber(ARGV[2]) then
  return {0, 2}
end
if ARGV[7] ~= '' and tonumber(ARGV[7]) <= NOW then
  return {0, 3}
end
append_audit_to(KEYS[3], KEYS[4], 17, ARGV[8], ARGV[9])
call('SADD', KEYS[2], ARGV[1])
call('HSET', KEYS[1], 'h', ARGV[3], 'role', ARGV[4], 'sites', ARGV[5], 'label', ARGV[6], 'created', whole(NOW))
if ARGV[7] ~= '' then
  call('HSET', KEYS[1], 'expires', ARGV[7])
end
return {1, NOW}
