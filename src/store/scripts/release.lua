#!lua flags=allow-oom
-- Gives leased items back to their old place in their lane, at once or after a cool-down.
--
-- An item that cools down stays among the leases under a token of zeros, which nobody holds; `claim` takes it back.
-- A full Redis must not keep items from coming back: hence allow-oom.
--
-- KEYS   1 leases  2 lease holders  3 lease tokens  4-7 the lanes in the order of their numbers
-- ARGV   1 cool-down in ms, 0 for none  2 site name  3- pairs of id and token
-- reply  for each pair 1, or 0 where the lease was over
-- cost   O(k log n) for k pairs
local NOBODY = string.rep('\0', 8)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local replies, back = {}, false
for i = 3, #ARGV, 2 do
  local id, token = ARGV[i], ARGV[i + 1]
  local lease = redis.call('HGET', KEYS[2], id)
  if lease and string.sub(lease, 1, 8) == token and token ~= NOBODY then
    redis.call('HDEL', KEYS[3], token)
    if ARGV[1] == '0' then
      local due, lane = struct.unpack('<d', string.sub(lease, 9, 16)), string.byte(lease, 25) or 1
      redis.call('ZADD', KEYS[3 + lane], string.format('%.0f', due), id)
      redis.call('ZREM', KEYS[1], id)
      redis.call('HDEL', KEYS[2], id)
      back = true
    else
      redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[1]), id)
      redis.call('HSET', KEYS[2], id, NOBODY .. string.sub(lease, 9))
    end
    replies[#replies + 1] = 1
  else
    replies[#replies + 1] = 0
  end
end
if back then redis.call('PUBLISH', 'replydesk:wakeups', 'q' .. ARGV[2]) end
return replies
