-- Notes in which hour an access key was used last.
-- KEYS  1 the key's record
-- ARGV  1 milliseconds of the hour's beginning, as the replica reckons it
-- Reply 1 noted, 0 noted before, or no such key
-- Cost  O(1)
-- Atomic because another replica's note of a later hour must stay; one from before the clock was set back must not.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local hour = math.min(tonumber(ARGV[1]), now - now % 3600000)
local noted = tonumber(redis.call('HGET', KEYS[1], 'used') or -1)
if noted >= hour and noted <= now then
  return 0
end
redis.call('HSET', KEYS[1], 'used', string.format('%.0f', hour))
return 1
