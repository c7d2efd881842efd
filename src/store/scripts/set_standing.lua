-- Sets how an author, an IP address, a domain or a website stands, and adds a strike for a comment; with an audit entry.
--
-- The same standing, end and reason again change nothing, and a comment brings one strike, so a repetition after a lost
-- reply is answered as the first time. Atomic because submissions compare the version (of an author) or the mark (of
-- the others) with what they were judged by. The audit entry is the first write, since XADD alone can fail (on a used id).
--
-- KEYS   1 site  2 the author's hash, or the string of another subject  3 standings  4 their ends
--        5 the author's strikes (the site's key for another subject)  6 audit log  7 counters
--        8 prefix of texts that lie apart from the audit log  9 prefix of other subjects' standings  10 of their names
-- ARGV   1 subject: its kind's number (1 byte), its hash  2 standing (2: normal)  3 end in ms, '' for good  4 reason
--        5 label of the moderator's key  6 mark of standing, end and reason (8 bytes)  7 record of another subject
--        8 id of the comment that named it, or ''  9 '1': a strike for that comment  10 the most standings
--        11 all that in words  12 16 random bits  13 audit details  14 a reference for an author who has none yet
--        15 another subject's hash by the other pepper, or ''
-- reply  {'SET', 1 if the standing changed, 1 if there is a new strike} {'NO_SITE'} {'FULL'}
-- cost   O(log n) in the standings
-- What another subject's standing is kept by is one name, or several during a change of the pepper: what is said is said by
-- each, and the list has one of them.
if call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
local subject, standing, ends, reason, words = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[11]
local of_author, lifted = string.byte(subject) == 1, standing == '2'
local now = whole(NOW)

local same, before
local names, home = {}, subject
if of_author then
  local known = call('HMGET', KEYS[2], 'st', 'su', 'sr', 'sw')
  same = (known[1] or '2') == standing and (known[2] or '') == ends and (known[3] or '') == reason
  before = known[4] or 'NORMAL'
else
  names = all_names(KEYS[10], subject, ARGV[15] == '' and {} or {ARGV[15]})
  local known, last, wanted = nil, -1, lifted and '' or ARGV[6]
  same = true
  for _, name in ipairs(names) do
    local value = call('GET', KEYS[9] .. name)
    same = same and (value and sub(value, 1, 8) or '') == wanted
    if value then
      local said = struct.unpack('<i8', sub(value, 9, 16))
      if said > last then known, last = value, said end
    end
    local member = sub(subject, 1, 1) .. name
    if call('ZSCORE', KEYS[3], member) then home = member end
  end
  before = 'NORMAL'
  if known then before = sub(known, 19, 18 + struct.unpack('<I2', sub(known, 17, 18))) end
end
local strike = of_author and ARGV[9] == '1' and call('SISMEMBER', KEYS[5], ARGV[8]) == 0
  and call('SCARD', KEYS[5]) < 1000
if same and not strike then return {'SET', 0, 0} end

-- What has ended counts no more, as far as 20 tell; retention takes it away.
local ended = 0
for _, member in ipairs(call('ZRANGE', KEYS[4], '-inf', now, 'BYSCORE', 'LIMIT', 0, 20)) do
  if call('ZSCORE', KEYS[3], member) then ended = ended + 1 end
end
local is_new = not same and not lifted and not call('ZSCORE', KEYS[3], home)
if is_new and call('ZCARD', KEYS[3]) - ended >= tonumber(ARGV[10]) then return {'FULL'} end

-- AuditRecord.before and .after: fields 7 and 8, below 16 KB.
local function field(tag, text)
  local length = #text
  if length < 128 then return string.char(tag, length) .. text end
  return string.char(tag, length % 128 + 128, math.floor(length / 128)) .. text
end
local after = (same and before or words) .. (strike and '; one strike more' or '')
local told = field(58, before) .. field(66, after)
if of_author then
  local named, reference = author_subject(KEYS[2], ARGV[14])
  local audit = append_audit_to(KEYS[6], KEYS[7], 12, ARGV[12], ARGV[13] .. named)
  call('HSET', KEYS[8] .. reference, audit, told)
else
  append_audit_to(KEYS[6], KEYS[7], 12, ARGV[12], ARGV[13] .. told)
end

if strike then
  call('SADD', KEYS[5], ARGV[8])
  call('HINCRBY', KEYS[2], 'sk', 1)
end
if same then return {'SET', 0, 1} end

if of_author then
  call('HINCRBY', KEYS[2], 'v', 1)
  call('HSET', KEYS[2], 'sr', reason, 'sb', ARGV[5], 'sa', now, 'sc', ARGV[8], 'sw', words)
  if lifted then
    call('HDEL', KEYS[2], 'st', 'su')
  else
    call('HSET', KEYS[2], 'st', standing)
    if ends == '' then call('HDEL', KEYS[2], 'su') else call('HSET', KEYS[2], 'su', ends) end
  end
else
  local value = ARGV[6] .. struct.pack('<i8I2', NOW, #words) .. words .. ARGV[7]
  for _, name in ipairs(names) do
    local key, member = KEYS[9] .. name, sub(subject, 1, 1) .. name
    if lifted then
      call('DEL', key, KEYS[10] .. member)
    elseif ends == '' then
      call('SET', key, value)
    else
      call('SET', key, value, 'PXAT', ends)
    end
    for index = 3, 4 do call('ZREM', KEYS[index], member) end
  end
  if not lifted and #names > 1 then
    keep_names(KEYS[10], sub(subject, 1, 1), names, ends == '' and -1 or math.max(1, tonumber(ends) - NOW))
  end
end
if lifted then
  call('ZREM', KEYS[3], home)
else
  call('ZADD', KEYS[3], now, home)
end
if of_author and lifted then
  -- Where nothing else is kept of the author, that goes too, once it was there to be read for a while.
  call('ZADD', KEYS[4], whole(NOW + 2592000000), home)
elseif lifted or ends == '' then
  call('ZREM', KEYS[4], home)
else
  call('ZADD', KEYS[4], ends, home)
end
return {'SET', 1, strike and 1 or 0}
