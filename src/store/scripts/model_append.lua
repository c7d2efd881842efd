-- Appends what one stretch of a source teaches to the model log, and moves the source's cursor behind it: both or
-- neither, so that each decision teaches exactly once. Only the holder of the trainer's lease may.
--
-- KEYS   1 model  2 log  3 cursors
-- ARGV   1 token of the trainer's lease (8 bytes)  2 source, '' for a mark  3 its cursor as the caller knows it, '' for
--        none  4 its cursor behind these  then for each entry: 16 random bits, checksum and lesson
-- reply  {'APPENDED', the log's last sequence} {'LOST'} {'MOVED'}
-- cost   O(entries)
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return {'LOST'} end
if ARGV[2] ~= '' and (redis.call('HGET', KEYS[3], ARGV[2]) or '') ~= ARGV[3] then return {'MOVED'} end

local seq = tonumber(redis.call('HGET', KEYS[1], 'seq') or 0)
local at = string.format('%.0f', seq)
-- XADD first: it alone can fail (on a used id), and then only the first of them.
for i = 5, #ARGV, 2 do
  seq = seq + 1
  at = string.format('%.0f', seq)
  redis.call('XADD', KEYS[2], at .. '-' .. ARGV[i], 'l', ARGV[i + 1])
end
if #ARGV > 4 then
  redis.call('HSET', KEYS[1], 'seq', at)
  redis.call('PUBLISH', 'replydesk:wakeups', 'm')
end
if ARGV[2] ~= '' then
  if #ARGV > 4 then redis.call('HSET', KEYS[1], 'taught', at) end
  if ARGV[4] ~= ARGV[3] then redis.call('HSET', KEYS[3], ARGV[2], ARGV[4]) end
end
return {'APPENDED', seq}
