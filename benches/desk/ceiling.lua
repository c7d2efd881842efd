-- The writes of submit.lua for a queued comment, and nothing else: no check, no limit's arithmetic. The one read in it
-- finds the wave that a campaign's comment joins.
--
-- KEYS   as submit.lua's, with six parts of a sketch
-- ARGV   1 id  2 content  3 due in ms  4 random bits  5 event details  6 wrapped data key  7 site
--        8 words said in the thread, '' when it knows enough  9 '1': the thread's first comment  10 prefix of wave keys
local call, format = redis.call, string.format
local function whole(number) return format('%d', number) end
local time = call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local seq = call('HINCRBY', KEYS[4], 'seq', '1')
local at, now = whole(seq), whole(ms)
call('XADD', KEYS[5], at .. '-' .. ARGV[4], 'c', ARGV[1], 's', '1', 'v', '1', 't', now, 'x', ARGV[5])
call('HINCRBY', KEYS[4], '1', '1')
call('HSET', KEYS[4], 'r', now .. '000', 'st', '4 bytes for each of six  ')
call('SET', KEYS[1], ARGV[2])
call('ZADD', KEYS[7], at, ARGV[1])
call('ZADD', KEYS[8], at, ARGV[1])
call('ZADD', KEYS[6], whole(ms + ARGV[3]), ARGV[1])
call('HINCRBY', KEYS[3], '1', '1')
if ARGV[9] == '1' then
  call('HSET', KEYS[3], 'title', 'Bridge to be closed for repairs until autumn',
    'url', 'https://gazette.example/news/bridge', 'lang', 'en', 'f', now)
end
if ARGV[8] ~= '' then
  call('HSET', KEYS[3], 'r', now .. '000', 'k', ARGV[8])
else
  call('HSET', KEYS[3], 'r', now .. '000')
end
call('HSET', KEYS[9], '1', '1', 'c', ARGV[1] .. '8 bytes.', 'f', now)
call('SET', KEYS[10], ARGV[1], 'EX', '86400')
call('SET', KEYS[11], ARGV[6], 'NX')
call('SET', KEYS[12], now .. '000', 'PX', '12000')
call('SET', KEYS[13], now .. '000', 'PX', '2000')
-- Parts that nobody else has begin a wave; a campaign's join it. Of these readers' six parts one, measured, is in
-- another's wave already, and stays there.
local wave, size = seq, 1
local named = call('GET', KEYS[14])
if named then
  wave, size = math.floor(named / 131072), named % 131072 + 1
  local key = ARGV[10] .. whole(wave)
  call('ZADD', key, at, ARGV[1])
  call('EXPIRE', key, '86400')
end
local value = whole(wave * 131072 + size)
for i = 14, 18 do call('SET', KEYS[i], value, 'EX', '86400') end
call('PUBLISH', 'replydesk:wakeups', 'b' .. ARGV[7])
return ms
