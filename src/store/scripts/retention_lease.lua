#!lua flags=allow-oom
-- Takes the lease of who enforces retention, or renews it: at most one holder, known by a token that it made. What is done
-- under it is safe to do twice, so to lose it without noticing does no harm.
--
-- KEYS   1 lease
-- ARGV   1 token (8 bytes)  2 for how long, in ms
-- reply  1 if it is the caller's, 0 if it is another's
-- cost   O(1)
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
