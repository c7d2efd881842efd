#!lua flags=no-writes
-- Reads an access key's record together with the time that its expiry is compared with.
-- KEYS  1 the key's record
-- ARGV  the fields
-- Reply {milliseconds, {each field's value or nil}}
-- Cost  O(1)
-- A script because time and record must come from one server, in a cluster too.
local time = redis.call('TIME')
return {time[1] * 1000 + math.floor(time[2] / 1000), redis.call('HMGET', KEYS[1], unpack(ARGV))}
