-- Forgets an author whose comments are erased: history, standing, notes, strikes, rates, and what was said of the author apart
-- from the audit log, whose entries then name nobody. Not while there is a comment left, or a hold.
--
-- KEYS   1 author  2 the author's comments  3 standings  4 their ends  5 prefix of texts that lie apart from the audit log
--        6-9 prefixes of authors, accounts of e-mail addresses, aliases, authors' aliases
--        10- what else there is of the author alone
-- ARGV   1 the author as a subject: its kind's number (1 byte), its hash
-- reply  {'FORGOTTEN'} {'LEFT'} {'HELD'}
-- cost   O(log n) in the standings
if call('HEXISTS', KEYS[1], 'lh') == 1 then return {'HELD'} end
if call('EXISTS', KEYS[2]) == 1 or call('HEXISTS', KEYS[1], 'c') == 1 then return {'LEFT'} end
local known = call('HMGET', KEYS[1], 'ref', 'em')
if known[1] then call('UNLINK', KEYS[5] .. known[1]) end
call('ZREM', KEYS[3], ARGV[1])
call('ZREM', KEYS[4], ARGV[1])
call('UNLINK', KEYS[1], KEYS[2], unpack(KEYS, 10))
forget_names(sub(ARGV[1], 2), known[2] or '', KEYS[6], KEYS[7], KEYS[8], KEYS[9])
return {'FORGOTTEN'}
