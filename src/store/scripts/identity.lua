#!lua
-- Claims this Redis for one pepper and one privacy key, or says whose it is.
-- KEYS[1]  {replydesk}:identity   hash: pepper, privacy_key (fingerprints); no expiry; written here only
-- ARGV[1]  the pepper's fingerprint
-- ARGV[2]  the privacy key's fingerprint
-- Reply    {stored fingerprint of the pepper, stored fingerprint of the privacy key}
-- Cost     O(1)
-- Atomic, so that of two replicas that start at once with different secrets one is refused.
local stored = redis.call('HMGET', KEYS[1], 'pepper', 'privacy_key')
if stored[1] and stored[2] then
  return stored
end
redis.call('HSET', KEYS[1], 'pepper', ARGV[1], 'privacy_key', ARGV[2])
return {ARGV[1], ARGV[2]}
