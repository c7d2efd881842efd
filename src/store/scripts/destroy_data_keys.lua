#!lua flags=allow-oom
-- Destroys data keys that came before a time, unless retention has to begin anew since the round began: a hold that ended
-- lays the keys of other holds among the old ones, until they are met again.
--
-- KEYS   1 retention's places  2 data keys by age  3 prefix of data keys
-- ARGV   1 how often it had begun anew when the round began, '' for never  2 the time, in ms  3 how many at most
-- reply  how many were destroyed
-- cost   O(data keys), of which the caller asks for at most 100
if (redis.call('HGET', KEYS[1], 'g') or '') ~= ARGV[1] then return 0 end
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2], 'LIMIT', '0', ARGV[3])
for _, id in ipairs(old) do
  redis.call('UNLINK', KEYS[3] .. id)
  redis.call('ZREM', KEYS[2], id)
end
return #old
