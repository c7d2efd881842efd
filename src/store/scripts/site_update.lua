-- Replaces a site's policy and display name, if nobody else did meanwhile.
-- KEYS  1 the site's record
-- ARGV  1 the version that the change was made on   2 policy, JSON   3 display name
-- Reply {0, 0} no such site; {1, new version} written; {2, current version} stale
-- Cost  O(1)
-- Atomic because the version must be current when the change is written.
local version = tonumber(redis.call('HGET', KEYS[1], 'v'))
if not version then
  return {0, 0}
end
if version ~= tonumber(ARGV[1]) then
  return {2, version}
end
redis.call('HSET', KEYS[1], 'v', string.format('%.0f', version + 1), 'p', ARGV[2], 'n', ARGV[3])
return {1, version + 1}
