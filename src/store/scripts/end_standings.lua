-- Lets standings that have ended leave the list, and forgets authors without a comment, an imported one, a standing or a hold.
--
-- KEYS   1 standings  2 their ends  3 prefix of texts that lie apart from the audit log
--        4-7 prefixes of authors, accounts of e-mail addresses, aliases, authors' aliases
--        8-10 prefixes of authors' comments, notes, strikes
-- ARGV   1 how many at most
-- reply  how many had ended
-- cost   O(log n) in the standings for each, and for an author about six commands more
local AUTHORS = KEYS[4]
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function forget_author(author)
  if call('EXISTS', KEYS[8] .. author) == 1 then return end
  local known = call('HMGET', AUTHORS .. author, 'c', 'lh', 'ref', 'em', 'st', 'su')
  if known[1] or known[2] then return end
  -- Who was imported is known by counts alone.
  for _, count in ipairs(call('HMGET', AUTHORS .. author, '1', '2', '3', '4', '5', '6')) do
    if count and count ~= '0' then return end
  end
  -- It was said anew since, and stands.
  if known[5] and (not known[6] or tonumber(known[6]) > now) then return end
  call('UNLINK', AUTHORS .. author, KEYS[9] .. author, KEYS[10] .. author)
  if known[3] then call('UNLINK', KEYS[3] .. known[3]) end
  forget_names(author, known[4] or '', AUTHORS, KEYS[5], KEYS[6], KEYS[7])
end

local ended = call('ZRANGE', KEYS[2], '-inf', string.format('%.0f', now), 'BYSCORE', 'LIMIT', 0, ARGV[1])
for _, subject in ipairs(ended) do
  call('ZREM', KEYS[1], subject)
  call('ZREM', KEYS[2], subject)
  if string.byte(subject) == 1 then forget_author(sub(subject, 2)) end
end
return #ended
