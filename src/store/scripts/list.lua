#!lua flags=no-writes
-- A stretch of each of some indexes. Atomic: between two reads a comment could move from a state to the other, and be seen
-- twice or not at all. A script, since a full Redis refuses MULTI, and reads have to go on.
--
-- KEYS   indexes
-- ARGV   1 after which sequence  2 how many of each
-- reply  for each index a list: id, sequence, id, sequence …
-- cost   O(k log n) for k indexes, and what is found
local found = {}
for i, index in ipairs(KEYS) do
  found[i] = redis.call('ZRANGE', index, '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
end
return found
