#!lua flags=allow-oom
-- Keeps how far retention has come, unless it has to begin anew since the round began.
--
-- KEYS   1 retention's places
-- ARGV   1 how often it had begun anew when the round began, '' for never  2 which place  3 the place
-- reply  1 if it is kept, 0 if retention has to begin anew
-- cost   O(1)
if (redis.call('HGET', KEYS[1], 'g') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 1
