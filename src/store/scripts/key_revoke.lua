-- Takes an access key back. Its record stays, since records and audit entries name it.
-- KEYS  1 the key's record
-- Reply milliseconds of when it was first taken back; 0 for an unknown key
-- Cost  O(1)
-- Atomic because the first time must stay when two revoke it.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSETNX', KEYS[1], 'revoked', string.format('%.0f', now))
return tonumber(redis.call('HGET', KEYS[1], 'revoked'))
