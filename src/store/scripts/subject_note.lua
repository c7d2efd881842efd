-- Notes in the audit log what is about to be done with a data subject, or was; a legal hold on one of its authors refuses
-- that where it is asked for.
--
-- KEYS   1 site  2 audit log  3 counters  4- authors
-- ARGV   1 action  2 '1': a hold refuses it  3 16 random bits  4 audit details  5- references for the first authors, for
--        those who have none yet; without any the entry names none
-- reply  {'NOTED'} {'HELD', why} {'NO_SITE'}
-- cost   O(authors)
if call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
if ARGV[2] == '1' then
  for i = 4, #KEYS do
    local why = call('HGET', KEYS[i], 'lh')
    if why then return {'HELD', why} end
  end
end
append_audit_to(KEYS[2], KEYS[3], ARGV[1], ARGV[3], ARGV[4] .. authors_subject(4, {unpack(ARGV, 5)}, true))
return {'NOTED'}
