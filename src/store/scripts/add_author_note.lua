-- Adds a moderator's note on an author, with an audit entry. The same note by the same moderator again is not added, so that
-- a repetition after a lost reply is harmless. The audit entry is the first write, since XADD alone can fail (on a used id).
--
-- KEYS   1 site  2 the author's notes  3 audit log  4 counters  5 author
--        6 prefix of texts that lie apart from the audit log
-- ARGV   1 the note  2 how many are kept  3 16 random bits  4 audit details  5 the note as a record
--        6 a reference for an author who has none yet
-- reply  {'NOTED', ms, 1 if it was there before} {'NO_SITE'}
-- cost   O(n) for n notes, at most 20
if call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
for _, known in ipairs(call('LRANGE', KEYS[2], 0, -1)) do
  if string.sub(known, 9) == ARGV[1] then return {'NOTED', (struct.unpack('<i8', known)), 1} end
end
local named, reference = author_subject(KEYS[5], ARGV[6])
call('HSET', KEYS[6] .. reference, append_audit_to(KEYS[3], KEYS[4], 13, ARGV[3], ARGV[4] .. named), ARGV[5])
call('LPUSH', KEYS[2], struct.pack('<i8', NOW) .. ARGV[1])
call('LTRIM', KEYS[2], 0, ARGV[2] - 1)
return {'NOTED', NOW, 0}
