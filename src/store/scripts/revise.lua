-- Replaces a comment's text by its author's new one, as judged by policy: earlier version, state, event, audit entry,
-- counts, queue and the author's rate in one step. What moderators said holds for the earlier text, and no longer.
--
-- A comment that was reported stays in that lane, and one that was escalated in the senior one: to write it anew must not
-- take it from there.
--
-- Its own recorded success is recognised first, so a repetition after a lost reply is answered as the first time.
--
-- KEYS   those of parts/change.lua, then  12 earlier versions  13 site  14 the author's rate, or the comment's own
-- ARGV   1 id  2 version  3 digest (8 bytes)  4 caller's key id (8 bytes)  5 state  6 outcome  7 content
--        8 policy version  9 thread version  10 author version  11 '1': check versions; '': a third try
--        12 due time from now in ms, '' for not queued  13 16 random bits  14 event details  15 audit details
--        16 site name  17 interval in us and 18 burst of the limit  19 content as it was  20 at this version
--        21 after how many ms a thread closes, 0 for never
-- reply  {'REVISED', state, version, ms} {'REPLAYED', value, ms} {'NOT_FOUND'} {'ERASED'} {'RETRACTED'}
--        {'STALE', state, version} {'CHANGED'} {'CLOSED', by (moderator, age)} {'REFUSED', us} {'NO_SITE'}
-- cost   O(log n) in the queue and the indexes; about 32 commands, and up to 10 values looked at for an old repetition
local REVISED = 6
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
local version = tonumber(ARGV[2])
local made = made_before(REVISION, version, ARGV[3])
if made then return {'REPLAYED', comment.value, made.replaced} end
if comment.state == RETRACTED then return {'RETRACTED'} end
if comment.version ~= version or comment.version ~= tonumber(ARGV[20]) then return {'STALE', comment.state, comment.version} end

local policy = call('HGET', KEYS[13], 'v')
if not policy then return {'NO_SITE'} end
local thread = call('HMGET', THREADS .. comment.thread, 'v', 'closed', 'f')
local author = comment.author and call('HGET', AUTHORS .. comment.author, 'v') or '0'
local changed = policy ~= ARGV[8] or (thread[1] or '0') ~= ARGV[9] or author ~= ARGV[10]
if changed and ARGV[11] == '1' then return {'CHANGED'} end
if thread[2] == '1' then return {'CLOSED', 'moderator'} end
local close_after, began = tonumber(ARGV[21]), tonumber(thread[3])
if close_after > 0 and began and NOW - began > close_after and thread[2] ~= '0' then return {'CLOSED', 'age'} end

-- GCRA, as in submit.lua.
local us, interval = time[1] * 1000000 + time[2], tonumber(ARGV[17])
local most = us + interval * tonumber(ARGV[18])
local tat = tonumber(call('GET', KEYS[14]) or us)
local clamped = tat > most
tat = math.max(math.min(tat, most), us)
local over = tat + interval - most
if over > 0 then
  if clamped then call('SET', KEYS[14], whole(tat), 'PX', whole(math.ceil((tat - us) / 1000))) end
  return {'REFUSED', over}
end

local state, next_version, lease = tonumber(ARGV[5]), version + 1, read_lease(comment, 0)
local event = append_event(comment, state, next_version, ARGV[13], ARGV[14])
local audit = append_audit(10, ARGV[13], ARGV[15], comment, state, next_version, event)
keep_version(comment, REVISION, ARGV[3], ARGV[19])
local before, due = comment.lane, leave_queue(comment, lease)
comment.lane = before
append_entry(comment, REVISED, next_version, ARGV[4], audit, due)
comment.lane = 0
local lane = ARGV[12] ~= '' and REVIEW or 0
if before == SENIOR or before == REPORTED and state <= APPROVED then lane = before end
if lane > 0 then
  if lane ~= before or not due then due = NOW + (tonumber(ARGV[12]) or 0) end
  enter_queue(comment, lane, due)
end
for i = 1, comment.entries do
  local found = entry(comment, i)
  if found.in_force then lift(comment, found) end
end
-- The whole value is written below.
comment.lifted = nil
move_to(comment, state)
comment.version = next_version
write_content(comment, tonumber(ARGV[6]), ARGV[7])
tat = tat + interval
call('SET', KEYS[14], whole(tat), 'PX', whole(math.max(1, math.ceil((tat - us) / 1000))))
wake(lane > 0 and 'b' or 'e', ARGV[16])
if lease then wake('l', ARGV[16]) end
return {'REVISED', state, next_version, NOW}
