-- Sets how an author, an IP address, a domain or a website stands, and adds a strike for a comment.
--
-- The same standing, end and reason again change nothing, and a comment brings one strike, so a repetition after a lost
-- reply is answered as the first time. Atomic because submissions compare the version (of an author) or the mark (of
-- the others) with what they were judged by.
--
-- KEYS   1 site  2 the author's hash, or the string of another subject  3 standings  4 their ends
--        5 the author's strikes (the site's key for another subject)
-- ARGV   1 subject: its kind's number (1 byte), its hash  2 standing (2: normal)  3 end in ms, '' for good  4 reason
--        5 label of the moderator's key  6 mark of standing, end and reason (8 bytes)  7 record of another subject
--        8 id of the comment that named it, or ''  9 '1': a strike for that comment  10 the most standings
-- reply  {'SET', version of an author (0), 1 if the standing changed, 1 if there is a new strike} {'NO_SITE'} {'FULL'}
-- cost   O(log n) in the standings; at most 20 that have ended leave their index
local call = redis.call
if call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
local subject, standing, ends, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local of_author, lifted = string.byte(subject) == 1, standing == '2'
local time = call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))

local same, version, known
if of_author then
  known = call('HMGET', KEYS[2], 'v', 'st', 'su', 'sr')
  version = tonumber(known[1] or 0)
  same = (known[2] or '2') == standing and (known[3] or '') == ends and (known[4] or '') == reason
else
  known = call('GET', KEYS[2])
  version = 0
  same = (known and string.sub(known, 1, 8) or '') == (lifted and '' or ARGV[6])
end
local strike = of_author and ARGV[9] == '1' and call('SISMEMBER', KEYS[5], ARGV[8]) == 0
  and call('SCARD', KEYS[5]) < 1000

-- What has ended leaves the index before what is new counts.
for _, ended in ipairs(call('ZRANGE', KEYS[4], '-inf', now, 'BYSCORE', 'LIMIT', 0, 20)) do
  call('ZREM', KEYS[3], ended)
  call('ZREM', KEYS[4], ended)
end
if not same and not lifted and not call('ZSCORE', KEYS[3], subject) and call('ZCARD', KEYS[3]) >= tonumber(ARGV[10]) then
  return {'FULL'}
end

if not same then
  if of_author then
    version = call('HINCRBY', KEYS[2], 'v', 1)
    call('HSET', KEYS[2], 'sr', reason, 'sb', ARGV[5], 'sa', now, 'sc', ARGV[8])
    if lifted then
      call('HDEL', KEYS[2], 'st', 'su')
    else
      call('HSET', KEYS[2], 'st', standing)
      if ends == '' then call('HDEL', KEYS[2], 'su') else call('HSET', KEYS[2], 'su', ends) end
    end
  elseif lifted then
    call('DEL', KEYS[2])
  else
    local value = ARGV[6] .. struct.pack('<i8', now) .. ARGV[7]
    if ends == '' then call('SET', KEYS[2], value) else call('SET', KEYS[2], value, 'PXAT', ends) end
  end
  if lifted then
    call('ZREM', KEYS[3], subject)
  else
    call('ZADD', KEYS[3], now, subject)
  end
  if lifted or ends == '' then
    call('ZREM', KEYS[4], subject)
  else
    call('ZADD', KEYS[4], ends, subject)
  end
end
if strike then
  call('SADD', KEYS[5], ARGV[8])
  call('HINCRBY', KEYS[2], 'sk', 1)
end
return {'SET', version, same and 0 or 1, strike and 1 or 0}
