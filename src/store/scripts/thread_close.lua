-- Closes a thread, or opens it again whatever its age; the version of its settings rises only if that changes anything.
-- KEYS  1 the site's record   2 the thread's record
-- ARGV  1 '1' to close, '0' to open
-- Reply {0, 0} no such site; {1, version} done
-- Cost  O(1)
-- Atomic because submissions compare the version with what they saw.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {0, 0}
end
local thread = redis.call('HMGET', KEYS[2], 'closed', 'v')
if thread[1] == ARGV[1] then
  return {1, tonumber(thread[2] or '0')}
end
redis.call('HSET', KEYS[2], 'closed', ARGV[1])
return {1, redis.call('HINCRBY', KEYS[2], 'v', 1)}
