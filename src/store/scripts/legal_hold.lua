-- Holds what is kept of some authors, or ends that, with an audit entry. The same again changes nothing.
--
-- KEYS   1 site  2 audit log  3 counters  4 data keys by age  5 data keys that are held  6 retention's places
--        7-10 prefixes of authors, accounts of e-mail addresses, aliases, authors' aliases  11 ends of standings
--        12- authors
-- ARGV   1 why it is held, '' to end it  2 16 random bits  3 audit details  4- references for the first authors, for those
--        who have none yet
-- reply  {'SET', 1 if it changed, how many of the authors have come} {'NO_SITE'}
-- cost   O(authors), and at the end of a hold O(data keys that are held)
if call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
local changed, come = false, 0
for i = 12, #KEYS do
  come = come + call('HEXISTS', KEYS[i], 'f')
  changed = changed or (call('HGET', KEYS[i], 'lh') or '') ~= ARGV[1]
end
if not changed then return {'SET', 0, come} end
append_audit_to(KEYS[2], KEYS[3], 23, ARGV[2], ARGV[3] .. authors_subject(12, {unpack(ARGV, 4)}))
for i = 12, #KEYS do
  if ARGV[1] == '' then
    call('HDEL', KEYS[i], 'lh')
    -- Nobody has come by that: the hold was all there was, and the log's name for it.
    if call('HLEN', KEYS[i]) == call('HEXISTS', KEYS[i], 'ref') then
      call('UNLINK', KEYS[i])
      forget_aliases(sub(KEYS[i], -16), KEYS[7], KEYS[8], KEYS[9], KEYS[10])
    else
      -- A standing that has ended was kept for the hold: the next round of retention looks whether anything else is left.
      local known = call('HMGET', KEYS[i], 'st', 'su')
      local stands = known[1] and (not known[2] or tonumber(known[2]) > NOW)
      if not stands then call('ZADD', KEYS[11], whole(NOW), '\1' .. sub(KEYS[i], -16)) end
    end
  else
    call('HSET', KEYS[i], 'lh', ARGV[1])
  end
end
if ARGV[1] == '' then
  -- What was passed by is due now: retention begins anew, and holds the keys of others again as it meets them.
  for _, key in ipairs(call('SMEMBERS', KEYS[5])) do call('ZADD', KEYS[4], 'NX', '0', key) end
  -- A round that is under way neither goes on from where it is nor destroys any of these.
  call('UNLINK', KEYS[5])
  call('HDEL', KEYS[6], 't', 'c')
  call('HINCRBY', KEYS[6], 'g', '1')
end
return {'SET', 1, come}
