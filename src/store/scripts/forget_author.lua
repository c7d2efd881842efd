-- Forgets an author whose comments are erased: history, standing, notes, strikes, rates, and what the audit log says that
-- names the author. Not while there is a comment left, or a hold.
--
-- KEYS   1 author  2 the author's comments  3 the audit entries that name the author  4 audit log  5 standings  6 their ends
--        7- what else there is of the author alone
-- ARGV   1 the author as a subject: its kind's number (1 byte), its hash
-- reply  {'FORGOTTEN', entries that the audit log lost} {'LEFT'} {'HELD'}
-- cost   O(entries that name the author)
if redis.call('HEXISTS', KEYS[1], 'lh') == 1 then return {'HELD'} end
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('HEXISTS', KEYS[1], 'c') == 1 then return {'LEFT'} end
local removed = 0
for _, sequence in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  local told = redis.call('XRANGE', KEYS[4], sequence, sequence, 'COUNT', 1)[1]
  if told then removed = removed + redis.call('XDEL', KEYS[4], told[1]) end
end
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], unpack(KEYS, 7))
return {'FORGOTTEN', removed}
