-- Takes, renews or gives back the trainer's lease: at most one holder, known by a token that it made.
--
-- What the holder writes is fenced by the token, not by time: who lost the lease without noticing writes nothing.
--
-- KEYS   1 model
-- ARGV   1 token (8 bytes)  2 how long it is to live in ms, '0' to give it back
-- reply  {1, ms} it is the caller's for so long (0: given back); {0, ms} it is another's for at most so long
-- cost   O(1)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'holder', 'until')
local mine = lease[1] == ARGV[1]
if ARGV[2] == '0' then
  if mine then
    redis.call('HDEL', KEYS[1], 'holder', 'until')
    redis.call('PUBLISH', 'replydesk:wakeups', 't')
  end
  return {1, 0}
end
local left = tonumber(lease[2] or 0) - now
-- A lease beyond the longest that there is comes from before the clock jumped back.
if lease[1] and not mine and left > 0 and left <= tonumber(ARGV[2]) then return {0, left} end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', string.format('%.0f', now + ARGV[2]))
return {1, tonumber(ARGV[2])}
