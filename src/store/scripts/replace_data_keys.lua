-- Puts data keys that were wrapped anew in the place of what is there, with one audit entry if any is replaced. What was
-- destroyed stays so: retention may have come between reading a data key and this.
--
-- KEYS   1 site  2 audit log  3 counters  4- data keys
-- ARGV   1 the officer key that they are wrapped to until now, 8 bytes  2 16 random bits  3 audit details  4- each data
--        key, wrapped anew: bytes 2 to 9 of it are the officer key
-- reply  {'NO_SITE'} {'DONE', what became of each: 1 replaced, 2 it is wrapped to the new officer key already, 3 destroyed,
--        4 it is wrapped to another than was said}
-- cost   O(data keys), of which there are at most 100; 3 commands
-- Atomic, so that no data key comes back, and none is replaced that somebody else has moved meanwhile.
if call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
local stored = call('MGET', unpack(KEYS, 4))
local became, new = {'DONE'}, {}
for i = 1, #stored do
  local wrapped, anew = stored[i], ARGV[i + 3]
  if not wrapped then
    became[i + 1] = 3
  elseif string.sub(wrapped, 2, 9) == string.sub(anew, 2, 9) then
    became[i + 1] = 2
  elseif string.sub(wrapped, 2, 9) ~= ARGV[1] then
    became[i + 1] = 4
  else
    became[i + 1] = 1
    new[#new + 1] = KEYS[i + 3]
    new[#new + 1] = anew
  end
end
if #new > 0 then
  -- How many, as the subject of the entry: AuditRecord.subject, field 6.
  local subject = whole(#new / 2) .. (#new == 2 and ' data key' or ' data keys')
  append_audit_to(KEYS[2], KEYS[3], 24, ARGV[2], ARGV[3] .. string.char(50, #subject) .. subject)
  call('MSET', unpack(new))
end
return became
