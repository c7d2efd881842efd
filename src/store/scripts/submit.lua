-- Stores a submission, or says why not: one atomic, durable write.
--
-- Everything is checked before the first write, since scripts don't roll back; the event is the first write, since XADD
-- alone can fail (on a used id). Nothing is charged unless the comment is stored.
--
-- KEYS   1 comment  2 site  3 thread  4 counters  5 events  6 queue  7 index of the state  8 the same, of the thread
--        9 author  10 duplicate  11 data key  12-13 rates of author, ip address
--        14-   parts of a sketch (ARGV 20 says how many), then standings of IP address, website and domains, and the author's
--              aliases (ARGV 23 has a mark of each), then counters of link hosts, each counted once
--        last  the accounts of the e-mail address (none unless the author is an account), the author's comments
--        where there is none (no author, no contact data), the site's key (2) stands in: an empty one is of another slot
-- ARGV   1 id  2 digest  3 state  4 outcome  5 content  6 policy version  7 thread version  8 author version
--        9 '1': check versions; '': a third try, stored as it is  10 '1': write; '': only check
--        11 due time from now in ms, '' for not queued  12 16 random bits  13 event details  14 wrapped data key
--        15 thread title  16 thread url  17 thread language  18 site name  19 interval in us and burst of
--        author, ip address, thread and site, and after how many ms a thread closes (0: never), as nine doubles
--        20 how many parts the sketch has  21 prefix of wave keys
--        22 the words said in the thread with this comment's, '' to keep what is there
--        23 what was seen of the standings and aliases: 8 bytes each, zeros where there was none
--        24 prefix of waves' decisions  25 the decision that was followed or could have been, '' for none
--        26 until when what this replica seals may be stored, in ms, '' where there is no contact data
--        last  prefix of the statistics' keys
-- reply  {'ADMITTED', ms} {'KNOWN', value} {'CONFLICT'} {'ERASED'} {'STALE', policy, thread, closed, author}
--        {'CLOSED', by (moderator, age)} {'DUPLICATE', id} {'REFUSED', which (1-4), us} {'LAPSED'} {'NO_SITE'}
-- cost   O(log n) in the queue and the indexes; about 24 commands, from an author's second comment on one more, and one
--        more for a member of a wave
--
-- A call costs more than what most of these commands do: what can be read at once is, and counts are written with the
-- other fields of their hash. No other command comes between, so HSET is as exact as HINCRBY. Whole numbers are written
-- as such (all are below 2^53): Redis would turn them into text as fractions, which takes longer than a SET. '%d' is a C
-- long, which on a 32-bit machine is too short.
local call, format = redis.call, string.format
local digits = format('%d', 2 ^ 40) == '1099511627776' and '%d' or '%.0f'
local function whole(number) return format(digits, number) end
local NONE = KEYS[2]
local PARTS, SKETCH = tonumber(ARGV[20]), 5
-- The site's key, which stands for none, is no string: MGET finds nothing there.
local SUBJECTS = #ARGV[23] / 8
local strings = call('MGET', KEYS[1], KEYS[10], KEYS[11], unpack(KEYS, 12, 13 + PARTS + SUBJECTS))
local known, first, data_key = strings[1], strings[2], strings[3]
if known then
  if string.byte(known, 2) == 6 then return {'ERASED'} end
  if string.sub(known, 16, 23) == ARGV[2] then return {'KNOWN', known} end
  return {'CONFLICT'}
end

local policy = call('HGET', KEYS[2], 'v')
if not policy then return {'NO_SITE'} end
local thread = call('HMGET', KEYS[3], 'v', 'closed', 'title', ARGV[3], 'r', 'f')
local author = KEYS[9] == NONE and {} or call('HMGET', KEYS[9], 'v', 'f', ARGV[3], 'c', '1', '2', '3', '4', '5', '6', 'em')
local stale = policy ~= ARGV[6] or (thread[1] or '0') ~= ARGV[7] or (author[1] or '0') ~= ARGV[8]
-- A standing that was set, lifted or has ended since it was seen has another mark, or none.
for i = 1, SUBJECTS do
  local standing = strings[SKETCH + PARTS + i]
  local mark = standing and string.sub(standing, 1, 8) or '\0\0\0\0\0\0\0\0'
  if mark ~= string.sub(ARGV[23], 8 * i - 7, 8 * i) then stale = true end
end
if stale and ARGV[9] == '1' then
  return {'STALE', policy, thread[1] or '0', thread[2] or '0', author[1] or '0'}
end
-- The wave that at least half of the sketch's parts name; nil where none is. A part's value is wave * 2^17 + size.
local waves, named_wave = {}, nil
if PARTS > 0 then
  local votes = {}
  for i = 1, PARTS do
    local named = math.floor(tonumber(strings[SKETCH + i] or 0) / 131072)
    waves[i] = named
    if named > 0 then
      votes[named] = (votes[named] or 0) + 1
      local more = votes[named] - (named_wave and votes[named_wave] or 0)
      if more > 0 or (more == 0 and named < named_wave) then named_wave = named end
    end
  end
  if named_wave and votes[named_wave] * 2 < PARTS then named_wave = nil end
end
-- What was decided of the wave since it was looked at is to be followed, and what was undone is not.
if named_wave and ARGV[9] == '1' and (call('GET', ARGV[24] .. whole(named_wave)) or '') ~= ARGV[25] then
  return {'STALE', policy, thread[1] or '0', thread[2] or '0', author[1] or '0'}
end

if thread[2] == '1' then return {'CLOSED', 'moderator'} end

local time = call('TIME')
local us = time[1] * 1000000 + time[2]
local ms = math.floor(us / 1000)
local limits = {struct.unpack('<ddddddddd', ARGV[19])}
local close_after, began = limits[9], tonumber(thread[6])
-- Who opened a thread ('0') wants it open whatever its age.
if close_after > 0 and began and ms - began > close_after and thread[2] ~= '0' then return {'CLOSED', 'age'} end
if first then return {'DUPLICATE', first} end

-- GCRA (ITU-T I.371): the state is the theoretical arrival time (TAT), the time at which the rate is used up no more.
-- Those of author and ip address pass with their keys; those of thread and site are a field of hashes that stay.
local counters = call('HMGET', KEYS[4], 'seq', ARGV[3], 'r', 'st')
local tats = {strings[4], strings[5], thread[5], counters[3]}
local function keep(i, tat)
  if i <= 2 then
    call('SET', KEYS[11 + i], whole(tat), 'PX', whole(math.max(1, math.ceil((tat - us) / 1000))))
  else
    call('HSET', KEYS[i], 'r', whole(tat))
  end
end
local arrivals, clamped, worst, wait = {}, {}, 0, 0
for i = 1, 4 do
  if i > 2 or KEYS[11 + i] ~= NONE then
    local interval, burst = limits[2 * i - 1], limits[2 * i]
    local tat = tonumber(tats[i] or us)
    -- A clock that jumped back, or a smaller burst, must not lengthen anything.
    local most = us + interval * burst
    if tat > most then tat, clamped[i] = most, most end
    tat = math.max(tat, us)
    local over = tat + interval - most
    if over > wait then worst, wait = i, over end
    arrivals[i] = tat + interval
  end
end
if worst > 0 then
  -- What was clamped is kept: else each later try would be clamped anew, and refused for as long as the clock jumped.
  if ARGV[10] == '1' then
    for i, tat in pairs(clamped) do keep(i, tat) end
  end
  return {'REFUSED', worst, wait}
end
if ARGV[10] ~= '1' then return {'ADMITTED', ms} end
-- The officer may have been told that nobody seals to this replica's key any more. None is let for more than a minute: what
-- ends later is from before the clock was set back.
if ARGV[26] ~= '' then
  local left = ARGV[26] - ms
  if left < 0 or left > 60000 then return {'LAPSED'} end
end

-- Adds an id to a wave, and returns the wave's size. One of one has no set: the second finds the first in the feed.
local function join(wave, at)
  local name = whole(wave)
  local key = ARGV[21] .. name
  if call('EXISTS', key) == 0 then
    local began = call('XRANGE', KEYS[5], name .. '-0', name .. '-65535', 'COUNT', 1)[1]
    if began and began[2][1] == 'c' then call('ZADD', key, name, began[2][2]) end
  end
  call('ZADD', key, at, ARGV[1])
  call('EXPIRE', key, '86400')
  local size = call('ZCARD', key)
  if size > 100000 then
    call('ZREMRANGEBYRANK', key, 0, size - 100001)
    size = 100000
  end
  return size
end

-- The comment joins the wave that its sketch's parts name, or begins one, named by its own sequence.
-- Returns the wave as the record's field 14 (a protobuf varint), to be appended to it.
local function find_wave(seq, at)
  if PARTS == 0 then return '' end
  local wave = named_wave
  local size = 1
  if wave then
    size = join(wave, at)
  else
    wave = seq
  end
  local value = whole(wave * 131072 + size)
  for i = 1, PARTS do
    -- Another wave's part stays its own.
    if waves[i] == 0 or waves[i] == wave then
      call('SET', KEYS[13 + i], value, 'EX', '86400')
    end
  end
  local field = '\112'
  while wave >= 128 do
    field = field .. string.char(wave % 128 + 128)
    wave = math.floor(wave / 128)
  end
  return field .. string.char(wave)
end

-- What came in the running hour, by outcome, and what of it was queued, is one field of a hash that is written anyway.
-- The first submission of another hour moves it to the hashes of its hour and its day.
local function count_submission()
  local hour = math.floor(ms / 3600000)
  local counted = {hour, 0, 0, 0, 0, 0}
  if counters[4] and #counters[4] == 24 then
    local before = {struct.unpack('<I4I4I4I4I4I4', counters[4])}
    if before[1] == hour then
      counted = before
    else
      for _, hash in ipairs({{':' .. whole(before[1]), '691200'}, {'d:' .. whole(math.floor(before[1] / 24)), '34560000'}}) do
        for i, field in ipairs({'o1', 'o2', 'o3', 'o4', 'q'}) do
          if before[i + 1] > 0 then call('HINCRBY', ARGV[#ARGV] .. hash[1], field, whole(before[i + 1])) end
        end
        call('EXPIRE', ARGV[#ARGV] .. hash[1], hash[2])
      end
    end
  end
  local outcome = 1 + ARGV[4]
  counted[outcome] = counted[outcome] + 1
  if ARGV[11] ~= '' then counted[6] = counted[6] + 1 end
  return struct.pack('<I4I4I4I4I4I4', unpack(counted, 1, 6))
end

local state = ARGV[3]
local seq = (counters[1] or 0) + 1
local at, now = whole(seq), whole(ms)
local of_site, of_thread = whole((counters[2] or 0) + 1), whole((thread[4] or 0) + 1)
local of_author = whole((author[3] or 0) + 1)
call('XADD', KEYS[5], at .. '-' .. ARGV[12], 'c', ARGV[1], 's', state, 'v', '1', 't', now, 'x', ARGV[13])
call('HSET', KEYS[4], 'seq', at, state, of_site, 'r', whole(arrivals[4]), 'st', count_submission())
call('SET', KEYS[1], struct.pack('<BBI4Bi8c8BBB', 2, tonumber(state), 1, tonumber(ARGV[4]), ms, ARGV[2], 0, ARGV[11] ~= '' and 1 or 0, 0)
  .. ARGV[5] .. find_wave(seq, at))
call('ZADD', KEYS[7], at, ARGV[1])
call('ZADD', KEYS[8], at, ARGV[1])
if ARGV[11] ~= '' then call('ZADD', KEYS[6], whole(ms + ARGV[11]), ARGV[1]) end

local fields = {state, of_thread, 'r', whole(arrivals[3])}
local function field(name, value) fields[#fields + 1], fields[#fields + 2] = name, value end
if ARGV[15] ~= '' and thread[3] ~= ARGV[15] then
  field('title', ARGV[15])
  field('url', ARGV[16])
  field('lang', ARGV[17])
end
if ARGV[22] ~= '' then field('k', ARGV[22]) end
-- A beginning that is yet to come is from before the clock jumped back: it must not keep the thread open for longer.
if not began or began > ms then field('f', now) end
call('HSET', KEYS[3], unpack(fields))
-- An author of one comment has no set: the hash remembers it, and the second makes the set of both. The counts know
-- imported comments too.
if KEYS[9] ~= NONE then
  local total = 1
  for i = 5, 10 do total = total + (author[i] or 0) end
  if total == 1 and not author[4] then
    local first = {KEYS[9], state, of_author, 'c', ARGV[1] .. struct.pack('<d', seq)}
    if not author[2] then first[6], first[7] = 'f', now end
    call('HSET', unpack(first))
  else
    call('HSET', KEYS[9], state, of_author)
    if author[4] then
      local before = struct.unpack('<d', string.sub(author[4], 17, 24))
      call('ZADD', KEYS[#KEYS], at, ARGV[1], whole(before), string.sub(author[4], 1, 16))
      call('HDEL', KEYS[9], 'c')
    else
      call('ZADD', KEYS[#KEYS], at, ARGV[1])
    end
  end
end
-- Which accounts an address was used with: by that its owner's comments are found. The addresses are remembered with the
-- author, the last 256 at most, so that they can be forgotten together, and this costs commands only for a new one.
local EMAIL = KEYS[#KEYS - 1]
if EMAIL ~= NONE then
  local email, emails, is_known = string.sub(EMAIL, -16), author[11] or '', false
  for at = 1, #emails, 16 do is_known = is_known or string.sub(emails, at, at + 15) == email end
  if not is_known then
    call('SADD', EMAIL, string.sub(KEYS[9], -16))
    call('HSET', KEYS[9], 'em', string.sub(emails .. email, -4096))
  end
end
if KEYS[10] ~= NONE then call('SET', KEYS[10], ARGV[1], 'EX', '86400') end
-- Data keys are known by when they came: retention destroys them by that. The index is the site's key but for its last word.
if KEYS[11] ~= NONE and not data_key then
  call('SET', KEYS[11], ARGV[14])
  call('ZADD', string.sub(KEYS[2], 1, -5) .. 'kx', now, string.sub(KEYS[11], -8))
end
for i = 1, 2 do
  if arrivals[i] then keep(i, arrivals[i]) end
end
for i = 14 + PARTS + SUBJECTS, #KEYS - 2 do
  if call('INCR', KEYS[i]) == 1 then call('EXPIRE', KEYS[i], '86400') end
end
-- 'b': something to claim, and an event; 'e': an event only.
call('PUBLISH', 'replydesk:wakeups', (ARGV[11] ~= '' and 'b' or 'e') .. ARGV[18])
return {'ADMITTED', ms}
