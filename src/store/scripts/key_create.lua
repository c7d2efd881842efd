-- Writes an access key's record and lists its id.
-- KEYS  1 the key's record   2 the set of all keys' ids
-- ARGV  1 id   2 the most keys   3 SHA-256 of the secret   4 role   5 sites   6 label   7 expiry in milliseconds or ''
-- Reply {1, milliseconds of its creation}; {0, 1} the id is taken; {0, 2} too many; {0, 3} it expires before now
-- Cost  O(1)
-- Atomic because a key that is not listed could never be found and revoked.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {0, 1}
end
if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[2]) then
  return {0, 2}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[7] ~= '' and tonumber(ARGV[7]) <= now then
  return {0, 3}
end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'h', ARGV[3], 'role', ARGV[4], 'sites', ARGV[5], 'label', ARGV[6],
  'created', string.format('%.0f', now))
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[1], 'expires', ARGV[7])
end
return {1, now}
