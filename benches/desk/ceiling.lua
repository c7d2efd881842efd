-- The writes of submit.lua for a queued comment, and nothing else: no check, no limit's arithmetic. The one read in it
-- finds the wave that a campaign's comment joins.
--
-- KEYS   as submit.lua's, with six parts of a sketch
-- ARGV   1 id  2 content  3 due in ms  4 random bits  5 event details  6 wrapped data key  7 site
--        8 words of the thread, '' when it knows enough  9 '1': the thread's first comment  10 prefix of wave keys
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
if ARGV[9] == '1' then
  redis.call('HSET', KEYS[3], 'title', 'Bridge to be closed for repairs until autumn',
    'url', 'https://gazette.example/news/bridge', 'lang', 'en')
end
if ARGV[8] ~= '' then redis.call('HSET', KEYS[3], 'k', ARGV[8]) end
redis.call('HINCRBY', KEYS[9], '1', 1)
redis.call('HSETNX', KEYS[9], 'f', ms)
redis.call('SET', KEYS[10], ARGV[1], 'EX', 86400)
redis.call('SET', KEYS[11], ARGV[6], 'NX')
for i = 12, 15 do redis.call('SET', KEYS[i], ms .. '000', 'PX', 60000) end
-- Parts that nobody else has begin a wave; a campaign's join it.
local wave, size = seq, 1
local named = redis.call('GET', KEYS[16])
if named then
  wave, size = math.floor(named / 131072), named % 131072 + 1
  local key = ARGV[10] .. wave
  redis.call('ZADD', key, seq, ARGV[1])
  redis.call('EXPIRE', key, 86400)
end
local value = string.format('%.0f', wave * 131072 + size)
for i = 16, 21 do redis.call('SET', KEYS[i], value, 'EX', 86400) end
redis.call('PUBLISH', 'replydesk:wakeups', 'b' .. ARGV[7])
return ms
