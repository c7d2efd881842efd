-- Stores a submission, or says why not: one atomic, durable write.
--
-- Everything is checked before the first write, since scripts don't roll back; the event is the first write, since XADD
-- alone can fail (on a used id). Nothing is charged unless the comment is stored.
--
-- KEYS   1 comment  2 site  3 thread  4 counters  5 events  6 queue  7 index of the state  8 the same, of the thread
--        9 author  10 duplicate  11 data key  12-15 rates of author, ip address, thread, site
--        16-   parts of a sketch (ARGV 27 says how many), then counters of link hosts, each counted once
--        where there is none (no author, no contact data), the site's key (2) stands in: an empty one is of another slot
-- ARGV   1 id  2 digest  3 state  4 outcome  5 content  6 policy version  7 thread version  8 author version
--        9 '1': check versions; '': a third try, stored as it is  10 '1': write; '': only check
--        11 due time from now in ms, '' for not queued  12 16 random bits  13 event details  14 wrapped data key
--        15 thread title  16 thread url  17 thread language  18 site name  19-26 interval and burst of each rate, us
--        27 how many parts the sketch has  28 prefix of wave keys
--        29 the words said in the thread with this comment's, '' to keep what is there
-- reply  {'ADMITTED', ms} {'KNOWN', value} {'CONFLICT'} {'ERASED'} {'STALE', policy, thread, closed, author}
--        {'CLOSED'} {'DUPLICATE', id} {'REFUSED', which (1-4), us} {'NO_SITE'}
-- cost   O(log n) in the queue and the indexes; about 30 commands
local NONE = KEYS[2]
local known = redis.call('GET', KEYS[1])
if known then
  if string.byte(known, 2) == 6 then return {'ERASED'} end
  if string.sub(known, 16, 23) == ARGV[2] then return {'KNOWN', known} end
  return {'CONFLICT'}
end

local policy = redis.call('HGET', KEYS[2], 'v')
if not policy then return {'NO_SITE'} end
local thread = redis.call('HMGET', KEYS[3], 'v', 'closed', 'title')
local author = KEYS[9] ~= NONE and redis.call('HGET', KEYS[9], 'v') or '0'
local stale = policy ~= ARGV[6] or (thread[1] or '0') ~= ARGV[7] or (author or '0') ~= ARGV[8]
if stale and ARGV[9] == '1' then
  return {'STALE', policy, thread[1] or '0', thread[2] or '0', author or '0'}
end
if thread[2] == '1' then return {'CLOSED'} end
if KEYS[10] ~= NONE then
  local first = redis.call('GET', KEYS[10])
  if first then return {'DUPLICATE', first} end
end

local time = redis.call('TIME')
local us = time[1] * 1000000 + time[2]
local ms = math.floor(us / 1000)

-- GCRA (ITU-T I.371): the state is the theoretical arrival time (TAT), the time at which the rate is used up no more.
local arrivals, clamped, worst, wait = {}, {}, 0, 0
for i = 1, 4 do
  local key = KEYS[11 + i]
  if key ~= NONE then
    local interval, burst = tonumber(ARGV[17 + 2 * i]), tonumber(ARGV[18 + 2 * i])
    local tat = tonumber(redis.call('GET', key) or us)
    -- A clock that jumped back, or a smaller burst, must not lengthen anything.
    local most = us + interval * burst
    if tat > most then tat, clamped[i] = most, most end
    tat = math.max(tat, us)
    local over = tat + interval - us - interval * burst
    if over > wait then worst, wait = i, over end
    arrivals[i] = tat + interval
  end
end
if worst > 0 then
  -- What was clamped is kept: else each later try would be clamped anew, and refused for as long as the clock jumped.
  for i, tat in pairs(clamped) do
    if ARGV[10] == '1' then
      redis.call('SET', KEYS[11 + i], string.format('%.0f', tat), 'PX', math.max(1, math.ceil((tat - us) / 1000)))
    end
  end
  return {'REFUSED', worst, wait}
end
if ARGV[10] ~= '1' then return {'ADMITTED', ms} end

-- The comment joins the wave that at least half of its sketch's parts name, or begins one, named by its own sequence.
-- A part's value is wave * 2^17 + size. A wave of one has no set: the second to join finds the first in the feed.
-- Returns the wave as the record's field 14 (a protobuf varint), to be appended to it.
local PARTS = tonumber(ARGV[27])
local function join_wave(seq)
  if PARTS == 0 then return '' end
  local waves, votes, wave = {}, {}, nil
  for i, value in ipairs(redis.call('MGET', unpack(KEYS, 16, 15 + PARTS))) do
    local named = math.floor(tonumber(value or 0) / 131072)
    waves[i] = named
    if named > 0 then
      votes[named] = (votes[named] or 0) + 1
      local more = votes[named] - (wave and votes[wave] or 0)
      if more > 0 or (more == 0 and named < wave) then wave = named end
    end
  end
  local size = 1
  if wave and votes[wave] * 2 >= PARTS then
    local name = string.format('%.0f', wave)
    local key = ARGV[28] .. name
    if redis.call('EXISTS', key) == 0 then
      local first = redis.call('XRANGE', KEYS[5], name .. '-0', name .. '-65535', 'COUNT', 1)[1]
      if first and first[2][1] == 'c' then redis.call('ZADD', key, wave, first[2][2]) end
    end
    redis.call('ZADD', key, seq, ARGV[1])
    redis.call('EXPIRE', key, 86400)
    size = redis.call('ZCARD', key)
    if size > 100000 then
      redis.call('ZREMRANGEBYRANK', key, 0, size - 100001)
      size = 100000
    end
  else
    wave = seq
  end
  local value = string.format('%.0f', wave * 131072 + size)
  for i = 1, PARTS do
    -- Another wave's part stays its own.
    if waves[i] == 0 or waves[i] == wave then redis.call('SET', KEYS[15 + i], value, 'EX', 86400) end
  end
  local field = '\112'
  while wave >= 128 do
    field = field .. string.char(wave % 128 + 128)
    wave = math.floor(wave / 128)
  end
  return field .. string.char(wave)
end

local seq = tonumber(redis.call('HGET', KEYS[4], 'seq') or 0) + 1
local at = string.format('%.0f', seq)
redis.call('XADD', KEYS[5], at .. '-' .. ARGV[12],
  'c', ARGV[1], 's', ARGV[3], 'v', '1', 't', string.format('%.0f', ms), 'x', ARGV[13])
redis.call('HSET', KEYS[4], 'seq', at)
redis.call('HINCRBY', KEYS[4], ARGV[3], 1)
redis.call('SET', KEYS[1], struct.pack('<BBI4Bi8c8B', 1, tonumber(ARGV[3]), 1, tonumber(ARGV[4]), ms, ARGV[2], 0)
  .. ARGV[5] .. join_wave(seq))
redis.call('ZADD', KEYS[7], seq, ARGV[1])
redis.call('ZADD', KEYS[8], seq, ARGV[1])
if ARGV[11] ~= '' then redis.call('ZADD', KEYS[6], ms + ARGV[11], ARGV[1]) end

redis.call('HINCRBY', KEYS[3], ARGV[3], 1)
if ARGV[15] ~= '' and thread[3] ~= ARGV[15] then
  redis.call('HSET', KEYS[3], 'title', ARGV[15], 'url', ARGV[16], 'lang', ARGV[17])
end
if ARGV[29] ~= '' then redis.call('HSET', KEYS[3], 'k', ARGV[29]) end
if KEYS[9] ~= NONE then
  if redis.call('HINCRBY', KEYS[9], ARGV[3], 1) == 1 then redis.call('HSETNX', KEYS[9], 'f', string.format('%.0f', ms)) end
end
if KEYS[10] ~= NONE then redis.call('SET', KEYS[10], ARGV[1], 'EX', 86400) end
if KEYS[11] ~= NONE then redis.call('SET', KEYS[11], ARGV[14], 'NX') end
for i, tat in pairs(arrivals) do
  redis.call('SET', KEYS[11 + i], string.format('%.0f', tat), 'PX', math.ceil((tat - us) / 1000))
end
for i = 16 + PARTS, #KEYS do
  if redis.call('INCR', KEYS[i]) == 1 then redis.call('EXPIRE', KEYS[i], 86400) end
end
-- 'b': something to claim, and an event; 'e': an event only.
redis.call('PUBLISH', 'replydesk:wakeups', (ARGV[11] ~= '' and 'b' or 'e') .. ARGV[18])
return {'ADMITTED', ms}
