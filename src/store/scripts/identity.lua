#!lua flags=allow-oom
-- Claims this Redis for one pepper and one privacy key, or says whose it is. Who knows the secret that is stored as the one
-- before its own puts its own in its place.
-- KEYS[1]    {replydesk}:identity   hash: pepper, privacy_key (fingerprints), previous_pepper, previous_privacy_key (what
--            they replaced, absent where they never did), pepper_replaced_at (ms), pepper_replaced_before_at (ms: before that
--            there was a pepper that is neither of the two), schema (absent: 1), schema_release (which release made it that);
--            no expiry; written here only
-- KEYS[2]    {replydesk}:sealing    sorted set: privacy keys, by when a replica last said that it seals to them, in ms
-- KEYS[3]    {replydesk}:restore    there while a restore has not finished
-- ARGV[1-2]  fingerprints of the pepper and of the privacy key
-- ARGV[3-4]  of those that they replace, '' for none
-- ARGV[5]    the newest schema that the caller knows
-- ARGV[6]    its release
-- Reply      {pepper, privacy key, previous pepper, previous privacy key, when the pepper was replaced, and before
--            that}, as they are stored then, and until when, in ms, the caller may store what it seals to its key; '' for none;
--            then schema, the release that made it so, and '1' while a restore has not finished. With a newer schema, and
--            during a restore, nothing is written
-- Cost       O(1); replicas call it every ten seconds
-- Atomic, so that of two replicas that start at once with different secrets one is refused.
local FIELDS = {'pepper', 'privacy_key', 'previous_pepper', 'previous_privacy_key', 'pepper_replaced_at',
  'pepper_replaced_before_at'}
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local schema = redis.call('HMGET', KEYS[1], 'schema', 'schema_release')
local restoring = redis.call('EXISTS', KEYS[3]) == 1
local is_ours = not restoring and (tonumber(schema[1] or 1) or math.huge) <= tonumber(ARGV[5])
local function read() return redis.call('HMGET', KEYS[1], unpack(FIELDS)) end
local stored = read()
if is_ours and not (stored[1] and stored[2]) then
  redis.call('HSET', KEYS[1], FIELDS[1], ARGV[1], FIELDS[2], ARGV[2], 'schema', ARGV[5], 'schema_release', ARGV[6])
  schema = {ARGV[5], ARGV[6]}
  stored = read()
end
local changes, ours = {}, is_ours
for i = 1, 2 do
  if stored[i] ~= ARGV[i] then
    if stored[i] ~= ARGV[i + 2] then ours = false end
    for _, change in ipairs({FIELDS[i], ARGV[i], FIELDS[i + 2], stored[i]}) do changes[#changes + 1] = change end
  end
end
if ours and #changes > 0 then
  if stored[1] ~= ARGV[1] then
    -- Led back, it is the same two as before.
    if stored[5] and stored[3] ~= ARGV[1] then redis.call('HSET', KEYS[1], FIELDS[6], stored[5]) end
    redis.call('HSET', KEYS[1], FIELDS[5], string.format('%.0f', ms))
  end
  redis.call('HSET', KEYS[1], unpack(changes))
  stored = read()
end
for i = 1, 6 do stored[i] = stored[i] or '' end
-- Also who still has the one before: what that replica seals, its key must open. But once nobody has said for a minute that
-- they seal to it, the officer may have been told so, and nobody is let again. Who is let is for less than that minute, so
-- that it has ended when the officer is told.
local lets = is_ours and ARGV[2] == stored[2]
if is_ours and not lets and ARGV[2] == stored[4] then
  local said = redis.call('ZSCORE', KEYS[2], ARGV[2])
  lets = said and ms - said <= 60000
end
stored[7] = ''
if lets then
  redis.call('ZADD', KEYS[2], string.format('%.0f', ms), ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.0f', ms - 86400000))
  stored[7] = string.format('%.0f', ms + 45000)
end
stored[8], stored[9], stored[10] = schema[1] or '1', schema[2] or '', restoring and '1' or ''
return stored
