-- The writes of submit.lua for a queued comment, and nothing else: no check, no limit's arithmetic.
--
-- KEYS   as submit.lua's
-- ARGV   1 id  2 content  3 due in ms  4 random bits  5 event details  6 wrapped data key  7 site
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local seq = redis.call('HINCRBY', KEYS[4], 'seq', 1)
redis.call('XADD', KEYS[5], seq .. '-' .. ARGV[4], 'c', ARGV[1], 's', '1', 'v', '1', 't', ms, 'x', ARGV[5])
redis.call('HINCRBY', KEYS[4], '1', 1)
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[7], seq, ARGV[1])
redis.call('ZADD', KEYS[8], seq, ARGV[1])
redis.call('ZADD', KEYS[6], ms + ARGV[3], ARGV[1])
redis.call('HINCRBY', KEYS[3], '1', 1)
redis.call('HINCRBY', KEYS[9], '1', 1)
redis.call('HSETNX', KEYS[9], 'f', ms)
redis.call('SET', KEYS[10], ARGV[1], 'EX', 86400)
redis.call('SET', KEYS[11], ARGV[6], 'NX')
for i = 12, 15 do redis.call('SET', KEYS[i], ms, 'PX', 60000) end
-- The six parts of a sketch that nobody else has: a wave begins.
redis.call('MGET', unpack(KEYS, 16, 21))
local wave = string.format('%.0f', seq * 131072 + 1)
for i = 16, 21 do redis.call('SET', KEYS[i], wave, 'EX', 86400) end
redis.call('PUBLISH', 'replydesk:wakeups', 'b' .. ARGV[7])
return ms
