-- Lengthens leases that are still held under the token that the caller names.
--
-- KEYS   1 leases  2 lease holders
-- ARGV   1 lease in ms  2- pairs of id and token
-- reply  for each pair the new expiry in ms as text, or '' where the lease is over
-- cost   O(k log n) for k pairs
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local replies = {}
for i = 2, #ARGV, 2 do
  local lease = redis.call('HGET', KEYS[2], ARGV[i])
  if lease and string.sub(lease, 1, 8) == ARGV[i + 1] then
    local expires = string.format('%.0f', now + ARGV[1])
    redis.call('ZADD', KEYS[1], expires, ARGV[i])
    replies[#replies + 1] = expires
  else
    replies[#replies + 1] = ''
  end
end
return replies
