-- Begins the undoing of a bulk operation, finished or not, or finds what became of it: from here on the operation decides
-- nothing more, and later members of its wave don't follow it.
--
-- KEYS   those of parts/change.lua  12 operation  13 prefix of waves' decisions
-- ARGV   1 how long a decision can be undone, in ms  2 16 random bits  3 audit details  4 the operation's name (16 bytes)
-- reply  {'BEGUN', fields} {'KNOWN', fields} {'NOT_FOUND'} {'TOO_LATE'}: fields as HGETALL has them
-- cost   O(1)
local OPERATION = KEYS[12]
local known = call('HMGET', OPERATION, 's', 'e', 'w')
if not known[1] then return {'NOT_FOUND'} end
if tonumber(known[1]) >= 3 then return {'KNOWN', call('HGETALL', OPERATION)} end
if NOW - known[2] > tonumber(ARGV[1]) then return {'TOO_LATE'} end
local audit = append_audit_to(AUDIT, COUNTERS, 7, ARGV[2], ARGV[3])
call('HSET', OPERATION, 's', '3', 'uau', audit, 'ut', whole(NOW), 'ue', whole(NOW), 'uc', '0', 'u1', '0', 'u2', '0', 'u3', '0', 'u4', '0')
if known[3] and known[3] ~= '' then
  local decision = call('GET', KEYS[13] .. known[3])
  -- A later operation's stays.
  if decision and sub(decision, 1, 16) == ARGV[4] then call('DEL', KEYS[13] .. known[3]) end
end
return {'BEGUN', call('HGETALL', OPERATION)}
