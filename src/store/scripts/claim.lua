-- Leases the most urgent items of a queue, after taking back what was leased too long.
--
-- The caller makes the tokens: a claim that is repeated after a lost reply returns the items that it took the first time.
--
-- KEYS   1 queue  2 leases  3 lease holders  4 lease tokens
-- ARGV   1 prefix of comment keys  2 lease in ms  3 the longest that anything rests (lease or cool-down) in ms
--        4 holder's key id (8 bytes)  5 site name  6- tokens (8 bytes each), one for each item wanted
-- reply  a list of {token, id, due ms, expires ms, value}; shorter where the queue is
-- cost   O(k log n) for k tokens, and at most 100 leases taken back
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function take_back(low, high)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], low, high, 'LIMIT', 0, 100)) do
    local lease = redis.call('HGET', KEYS[3], id)
    if lease then
      -- One that cannot be read must not keep the others: its item is due at once.
      local token, due = string.sub(lease, 1, 8), now
      if #lease >= 16 then due = struct.unpack('<d', string.sub(lease, 9, 16)) end
      redis.call('ZADD', KEYS[1], string.format('%.0f', due), id)
      redis.call('HDEL', KEYS[3], id)
      redis.call('HDEL', KEYS[4], token)
    end
    redis.call('ZREM', KEYS[2], id)
  end
end
take_back('-inf', now)
-- A clock that jumped back must not lengthen a lease.
take_back('(' .. string.format('%.0f', now + ARGV[3]), '+inf')

local items = {}
local function give(token, id, due, expires)
  local value = redis.call('GET', ARGV[1] .. id)
  if value then items[#items + 1] = {token, id, string.format('%.0f', due), string.format('%.0f', expires), value} end
  return value
end

for i = 6, #ARGV do
  local token = ARGV[i]
  local held = redis.call('HGET', KEYS[4], token)
  local lease = held and redis.call('HGET', KEYS[3], held)
  if lease and #lease >= 16 then
    local due = struct.unpack('<d', string.sub(lease, 9, 16))
    give(token, held, due, tonumber(redis.call('ZSCORE', KEYS[2], held) or now))
  else
    local id, due
    repeat
      local popped = redis.call('ZPOPMIN', KEYS[1])
      id, due = popped[1], tonumber(popped[2])
    until not id or give(token, id, due, now + ARGV[2])
    -- With an empty queue a later token may still hold what it took the first time: go on to the last.
    if id then
      redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[2]), id)
      redis.call('HSET', KEYS[3], id, struct.pack('<c8dc8', token, due, ARGV[4]))
      redis.call('HSET', KEYS[4], token, id)
    end
  end
end
-- Whoever is woken takes no more than it wants: what is left is for the next.
if #items > 0 and redis.call('EXISTS', KEYS[1]) == 1 then redis.call('PUBLISH', 'replydesk:wakeups', 'q' .. ARGV[5]) end
return items
