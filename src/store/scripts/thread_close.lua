-- Closes a thread or opens it again; the version of its settings rises only if that changes anything.
-- KEYS  1 the site's record   2 the thread's record
-- ARGV  1 '1' to close, '0' to open
-- Reply {0, 0} no such site; {1, version} done
-- Cost  O(1)
-- Atomic because submissions compare the version with what they saw of `closed`.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {0, 0}
end
local closed = redis.call('HGET', KEYS[2], 'closed') == '1'
if closed == (ARGV[1] == '1') then
  return {1, tonumber(redis.call('HGET', KEYS[2], 'v') or '0')}
end
if closed then
  redis.call('HDEL', KEYS[2], 'closed')
else
  redis.call('HSET', KEYS[2], 'closed', '1')
end
return {1, redis.call('HINCRBY', KEYS[2], 'v', 1)}
