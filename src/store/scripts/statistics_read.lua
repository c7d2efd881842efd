#!lua flags=no-writes
-- The running hour, and some hours' or days' counts. Atomic: between two reads the running hour could move, and be seen
-- twice or not at all. A script, since a full Redis refuses MULTI, and reads have to go on.
--
-- KEYS   1 counters  2- hashes of counts
-- reply  the running hour or nil, then for each hash a list: field, value, field, value …
-- cost   O(n) for n fields
local found = {redis.call('HGET', KEYS[1], 'st')}
for i = 2, #KEYS do
  found[i] = redis.call('HGETALL', KEYS[i])
end
return found
