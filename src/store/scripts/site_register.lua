-- Lists a site's name, unless there are too many already.
-- KEYS  1 the set of all sites' names
-- ARGV  1 the name   2 the most names
-- Reply 1 listed (or was), 0 too many
-- Cost  O(1)
-- Atomic because the count must hold when the name is added.
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then
  return 1
end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('SADD', KEYS[1], ARGV[1])
return 1
