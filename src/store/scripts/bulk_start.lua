-- Begins a bulk operation, or finds what became of it: its entry in the audit log, its own hash, and, for a wave, the
-- decision that later members follow.
--
-- KEYS   those of parts/change.lua  12 operation  13 the wave's decision; the operation's key stands in where there is none
-- ARGV   1 digest of the request  2 16 random bits  3 audit details  4 how long it is remembered, in s
--        5 the wave's decision  6 how long it is followed, in s; 0 for not at all  7- fields and values of the operation
-- reply  {'BEGUN', fields} {'KNOWN', fields} {'REUSED'}: fields as HGETALL has them
-- cost   O(1)
local OPERATION = KEYS[12]
local digest = call('HGET', OPERATION, 'd')
if digest == ARGV[1] then return {'KNOWN', call('HGETALL', OPERATION)} end
if digest then return {'REUSED'} end
local audit = append_audit_to(AUDIT, COUNTERS, 6, ARGV[2], ARGV[3])
call('HSET', OPERATION, 'd', ARGV[1], 's', '1', 'au', audit, 't', whole(NOW), 'e', whole(NOW), unpack(ARGV, 7))
call('EXPIRE', OPERATION, ARGV[4])
if ARGV[6] ~= '0' then call('SET', KEYS[13], ARGV[5], 'EX', ARGV[6]) end
return {'BEGUN', call('HGETALL', OPERATION)}
