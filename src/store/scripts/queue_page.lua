#!lua flags=no-writes
-- A chunk of a queue in due order, after an entry that may have left it meanwhile.
--
-- Its place is found by bisection among those that are due at the same time, which Redis keeps in the order of their
-- bytes. Atomic, since a rank is only good for as long as nothing changes.
--
-- KEYS   1 queue
-- ARGV   1 due time in ms of the entry before  2 its id  3 how many
-- reply  id, due ms, id, due ms …; fewer at the end
-- cost   O(k + log^2 n) for k entries; at most 21 commands for a million
local function is_after(member, id)
  -- Not '<': that goes by the server's locale.
  for i = 1, 16 do
    local a, b = string.byte(member, i) or 0, string.byte(id, i) or 0
    if a ~= b then return a > b end
  end
  return false
end

local low = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
local high = low + redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])
while low < high do
  local middle = math.floor((low + high) / 2)
  if is_after(redis.call('ZRANGE', KEYS[1], middle, middle)[1], ARGV[2]) then high = middle else low = middle + 1 end
end
return redis.call('ZRANGE', KEYS[1], low, low + ARGV[3] - 1, 'WITHSCORES')
