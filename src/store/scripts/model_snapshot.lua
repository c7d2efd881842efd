-- Keeps a snapshot of the model, and the one before it, so that a damaged newest one has a fallback. Only the holder of
-- the trainer's lease may.
--
-- KEYS   1 model  2 snapshot  3 the one before it
-- ARGV   1 token of the trainer's lease (8 bytes)  2 snapshot  3 its place in the log  4 digest of the model
-- reply  1 kept, 0 another is the trainer
-- cost   O(size of the snapshot)
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local before = redis.call('HGET', KEYS[1], 'place')
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[3]) end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('HSET', KEYS[1], 'place', ARGV[3], 'digest', ARGV[4], 'kept',
  string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
if before then redis.call('HSET', KEYS[1], 'place_before', before) end
return 1
