-- Carries out a moderator's verdict on a version of a comment: state, event, counts and queue in one step.
--
-- Its own recorded success is recognised before version and lease are looked at, so a repetition after a lost reply is
-- answered as the first time. The event is the first write, since XADD alone can fail (on a used id).
--
-- KEYS   1 comment  2 queue  3 leases  4 lease holders  5 lease tokens  6 events  7 counters  8 thread
--        9 author (the counters' key where there is none)
-- ARGV   1 id  2 version  3 verdict  4 state that it leads to  5 moderator's key id (8 bytes)  6 token (8 bytes) or ''
--        7 '1': although another holds it  8 16 random bits  9 event details  10 prefix of index keys  11 thread name
--        12 site name  13 the longest that anything rests (lease or cool-down) in ms
-- reply  {'DECIDED', state, version, ms, 1 if replayed} {'NOT_FOUND'} {'ERASED'} {'STALE', state, version} {'LEASED'}
-- cost   O(log n) in the queue and the indexes; about 20 commands
local head = redis.call('GETRANGE', KEYS[1], 0, 23)
if head == '' then return {'NOT_FOUND'} end
local _, state, version, _, _, _, decided = struct.unpack('<BBI4Bi8c8B', head)
if state == 6 then return {'ERASED'} end
local details = ARGV[9]
if decided == 1 then
  local on, verdict, moderator, ms = struct.unpack('<I4Bc8i8', redis.call('GETRANGE', KEYS[1], -21, -1))
  if on == tonumber(ARGV[2]) and verdict == tonumber(ARGV[3]) and moderator == ARGV[5] then
    return {'DECIDED', tonumber(ARGV[4]), on + 1, ms, 1}
  end
  -- EventRecord.earlier_verdict: field 8, a varint. What the earlier decision taught is corrected by this one's lesson.
  details = details .. string.char(64, verdict)
end
if version ~= tonumber(ARGV[2]) then return {'STALE', state, version} end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HGET', KEYS[4], ARGV[1])
if lease and ARGV[7] ~= '1' then
  local token = string.sub(lease, 1, 8)
  local expires = tonumber(redis.call('ZSCORE', KEYS[3], ARGV[1]) or 0)
  -- Who names no lease may decide on what the same key holds, on a stream of its own, say.
  local mine = token == ARGV[6] or (ARGV[6] == '' and string.sub(lease, 17, 24) == ARGV[5])
  -- A lease beyond the longest that there is comes from before the clock jumped back.
  local lives = expires > now and expires <= now + ARGV[13]
  if not mine and token ~= string.rep('\0', 8) and lives then return {'LEASED'} end
end

local seq = string.format('%.0f', tonumber(redis.call('HGET', KEYS[7], 'seq') or 0) + 1)
redis.call('XADD', KEYS[6], seq .. '-' .. ARGV[8],
  'c', ARGV[1], 's', ARGV[4], 'v', version + 1, 't', string.format('%.0f', now), 'x', details)
redis.call('HSET', KEYS[7], 'seq', seq)

redis.call('SETRANGE', KEYS[1], 1, struct.pack('<BI4', tonumber(ARGV[4]), version + 1))
local decision = struct.pack('<I4Bc8i8', version, tonumber(ARGV[3]), ARGV[5], now)
if decided == 1 then
  redis.call('SETRANGE', KEYS[1], redis.call('STRLEN', KEYS[1]) - 21, decision)
else
  redis.call('SETRANGE', KEYS[1], 23, '\1')
  redis.call('APPEND', KEYS[1], decision)
end

local old = tostring(state)
if old ~= ARGV[4] then
  for _, tail in ipairs({'', ':' .. ARGV[11]}) do
    local arrival = redis.call('ZSCORE', ARGV[10] .. old .. tail, ARGV[1])
    redis.call('ZREM', ARGV[10] .. old .. tail, ARGV[1])
    if arrival then redis.call('ZADD', ARGV[10] .. ARGV[4] .. tail, arrival, ARGV[1]) end
  end
  local counted = {KEYS[7], KEYS[8]}
  if KEYS[9] ~= KEYS[7] then counted[3] = KEYS[9] end
  for _, key in ipairs(counted) do
    redis.call('HINCRBY', key, old, -1)
    redis.call('HINCRBY', key, ARGV[4], 1)
  end
end

redis.call('ZREM', KEYS[2], ARGV[1])
if lease then
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('HDEL', KEYS[4], ARGV[1])
  redis.call('HDEL', KEYS[5], string.sub(lease, 1, 8))
end
-- 'd': an event that is a decision.
redis.call('PUBLISH', 'replydesk:wakeups', 'd' .. ARGV[12])
if lease and string.sub(lease, 1, 8) ~= ARGV[6] then redis.call('PUBLISH', 'replydesk:wakeups', 'l' .. ARGV[12]) end
return {'DECIDED', tonumber(ARGV[4]), version + 1, now, 0}
