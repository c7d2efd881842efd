-- Makes a key in the place of another, which stays good for an overlap at most, and tells the audit log (behind
-- parts/audit.lua). Asked for again under the same operation it gives the successor another secret, unless that was used:
-- only a hash is kept, so that who lost the reply could not be told the first one.
-- KEYS  1 the key's record   2 the record of its successor to be   3 the set of all keys' ids   4 the audit log
--       5 its counters   6 what keys' records start with
-- ARGV  1 the successor's id   2 the key's own id   3 the most keys   4 SHA-256 of the secret   5 expiry in milliseconds, or
--       '' for that of the key   6 overlap in milliseconds   7 operation (16 bytes)   8 16 random bits   9 audit details
--       10 those of a repetition   11 and on: the fields of a record that the reply tells
-- Reply {0, the successor's id, the key's fields, the successor's}; else {why, id, nil, nil}: 1 the id is taken, 2 too many
--       keys, 3 it expires before now, 4 no such key, 5 the key is over, 6 the successor was used, 7 another operation
--       replaced it by the key of this id
-- Cost  O(1)
-- Atomic because two who rotate at once must not make two successors, nor a key end without one.
local function over(revoked, expires)
  return revoked or (expires and tonumber(expires) <= NOW)
end

local function answer(id)
  local fields = {unpack(ARGV, 11)}
  return {0, id, call('HMGET', KEYS[1], unpack(fields)), call('HMGET', KEYS[6] .. id, unpack(fields))}
end

local key = call('HMGET', KEYS[1], 'role', 'sites', 'label', 'expires', 'revoked', 'replaced_by')
if not key[1] then
  return {4, '', false, false}
end
local successor = key[6]
if successor then
  local record = KEYS[6] .. successor
  local found = call('HMGET', record, 'operation', 'used', 'expires', 'revoked')
  -- One that is over keeps nobody from another.
  if not over(found[4], found[3]) then
    if found[1] ~= ARGV[7] then
      return {7, successor, false, false}
    end
    if found[2] then
      return {6, successor, false, false}
    end
    append_audit_to(KEYS[4], KEYS[5], 19, ARGV[8], ARGV[10])
    call('HSET', record, 'h', ARGV[4])
    return answer(successor)
  end
end
if over(key[5], key[4]) then
  return {5, '', false, false}
end
local expires = ARGV[5] ~= '' and ARGV[5] or key[4]
if expires and tonumber(expires) <= NOW then
  return {3, '', false, false}
end
if call('EXISTS', KEYS[2]) == 1 then
  return {1, '', false, false}
end
if call('SCARD', KEYS[3]) >= tonumber(ARGV[3]) then
  return {2, '', false, false}
end

append_audit_to(KEYS[4], KEYS[5], 19, ARGV[8], ARGV[9])
call('SADD', KEYS[3], ARGV[1])
call('HSET', KEYS[2], 'h', ARGV[4], 'role', key[1], 'sites', key[2], 'label', key[3], 'created', whole(NOW),
  'replaces', ARGV[2], 'operation', ARGV[7])
if expires then
  call('HSET', KEYS[2], 'expires', expires)
end
local overlap = tonumber(ARGV[6])
call('HSET', KEYS[1], 'replaced_by', ARGV[1])
if overlap == 0 then
  call('HSET', KEYS[1], 'revoked', whole(NOW))
elseif not key[4] or tonumber(key[4]) > NOW + overlap then
  call('HSET', KEYS[1], 'expires', whole(NOW + overlap))
end
return answer(ARGV[1])
