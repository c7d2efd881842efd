-- Says how a thread is moderated until a time, or takes that back; the version of its settings rises only if that changes
-- anything.
-- KEYS  1 the site's record   2 the thread's record
-- ARGV  1 mode (1 pre, 2 post, 3 automatic), '' to take it back   2 until, in ms   3 how far ahead that may be, in ms
-- Reply {0, 0} no such site; {1, version} done; {2, 0} the time is not ahead, or too far
-- Cost  O(1)
-- Atomic because submissions compare the version with what they saw of the mode.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {0, 0}
end
local thread = redis.call('HMGET', KEYS[2], 'mo', 'mu', 'v')
if (thread[1] or '') == ARGV[1] and (thread[2] or '') == ARGV[2] then
  return {1, tonumber(thread[3] or '0')}
end
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[2], 'mo', 'mu')
else
  local time = redis.call('TIME')
  local left = ARGV[2] - (time[1] * 1000 + math.floor(time[2] / 1000))
  if left <= 0 or left > tonumber(ARGV[3]) then
    return {2, 0}
  end
  redis.call('HSET', KEYS[2], 'mo', ARGV[1], 'mu', ARGV[2])
end
return {1, redis.call('HINCRBY', KEYS[2], 'v', 1)}
