-- Keeps a snapshot of the model, and the one before it, so that a damaged newest one has a fallback. Only the holder of
-- the trainer's lease may, and only a newer one, at a place that the log has: the log is trimmed behind these, and what
-- a trainer made long ago, or before the log lost its tail, would leave a gap.
--
-- KEYS   1 model  2 snapshot  3 the one before it  4 log
-- ARGV   1 token of the trainer's lease (8 bytes)  2 snapshot  3 its place in the log  4 digest of the model
-- reply  1 kept, 0 another is the trainer, 2 as new a one is kept, or the log has not this place
-- cost   O(size of the snapshot)
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
local function in_log(place) return #redis.call('XRANGE', KEYS[4], place, place) == 1 end
local function sequence(place) return tonumber(string.match(place, '^%d+')) end
if not in_log(ARGV[3]) then return 2 end
local before = redis.call('HGET', KEYS[1], 'place')
if before and sequence(before) >= sequence(ARGV[3]) and in_log(before) then return 2 end
local time = redis.call('TIME')
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[3]) end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[1], 'place', ARGV[3], 'digest', ARGV[4], 'kept',
  string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
if before then redis.call('HSET', KEYS[1], 'place_before', before) end
return 1
