-- Notes that a comment's contact data is handed out, and hands out the key to it. The audit entry is written before anything
-- is answered, and each call counts: a repetition after a lost reply too.
--
-- KEYS   those of parts/change.lua  12 wrapped data key  13 the day's count
-- ARGV   1 id  2 how many a day  3 how long the count is kept, in s  4 16 random bits  5 audit details
-- reply  {'REVEALED', wrapped data key, how many are left} {'NOT_FOUND'} {'GONE'} {'LIMIT', ms until the day ends}
-- cost   O(1)
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
local wrapped = call('GET', KEYS[12])
if comment.state == ERASED or not wrapped then return {'GONE'} end
local used, most = tonumber(call('GET', KEYS[13]) or 0), tonumber(ARGV[2])
if used >= most then return {'LIMIT', 86400000 - NOW % 86400000} end
append_audit(20, ARGV[4], ARGV[5], comment)
call('SET', KEYS[13], whole(used + 1), 'EX', ARGV[3])
return {'REVEALED', wrapped, most - used - 1}
