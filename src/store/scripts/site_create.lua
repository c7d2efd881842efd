-- Creates a site's record at policy version 1, unless there is one.
-- KEYS  1 the site's record
-- ARGV  1 policy, JSON   2 display name
-- Reply milliseconds of its creation, 0 if the site exists
-- Cost  O(1)
-- Atomic because of two creators only one may win.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'v', 1, 'p', ARGV[1], 'n', ARGV[2], 't', string.format('%.0f', now))
return now
