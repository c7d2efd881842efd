#!lua flags=allow-oom
-- Forgets that some accounts were used with an e-mail address. What they were used with besides is still remembered.
--
-- KEYS   1 the address's accounts  2- authors
-- ARGV   1 the address, 16 bytes  2- the authors' hashes
-- reply  {'FORGOTTEN'}
-- cost   O(accounts), of which the caller sends at most 500, four commands each
local call, sub = redis.call, string.sub
for i = 2, #KEYS do
  call('SREM', KEYS[1], ARGV[i])
  local emails, left = call('HGET', KEYS[i], 'em') or '', ''
  for at = 1, #emails, 16 do
    local email = sub(emails, at, at + 15)
    if email ~= ARGV[1] then left = left .. email end
  end
  if left ~= '' then call('HSET', KEYS[i], 'em', left) elseif emails ~= '' then call('HDEL', KEYS[i], 'em') end
end
return {'FORGOTTEN'}
