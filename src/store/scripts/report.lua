-- Notes that a reader reported a comment. An approved one enters the lane of what was reported; one that waits for review
-- or there is due sooner, and never later. Who was there before is told by keyed hashes of reader and comment.
--
-- A moderator who approved it after some reports has answered those: it comes again once twice as many readers have
-- reported it. A flood of reports is one item, one audit entry, and at most 1,000 hashes: after an answer to more than half
-- of so many all are forgotten, and so many anew bring it back.
--
-- KEYS   those of parts/change.lua, then  12 the comment's reports  13 the reader's rate
-- ARGV   1 id  2 hash of reader and comment (16 bytes)  3 16 random bits  4 audit details  5 site name
--        6 what the reader said, as a record  7 interval in us and 8 burst of a reader's limit
--        9 how long after arrival it is due with 1, 2, … reports, ms as doubles  10 prefix of the statistics' keys
-- reply  {'REPORTED', 1 if it waits now, 1 if replayed} {'NOT_FOUND'} {'REFUSED', us}
-- cost   O(log n) in the queue; at most 22 commands
local REPORTS, RATE = KEYS[12], KEYS[13]
local MOST_TOLD, MOST_COUNTED, KEPT = 100, 1000, 90 * 24 * 3600
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
local ruling = last_ruling(comment, 3)
local ruled = ruling and whole(ruling.audit) or ''
-- n: how many readers  u: how many there were when a moderator approved  w: by which audit entry  b: queued since (ms)
-- f: the first at (ms)
local marks = call('HMGET', REPORTS, 'n', 'u', 'w', 'b', 'f')
local readers, upheld = tonumber(marks[1] or 0), tonumber(marks[2] or 0)
-- All that came before this one, and after the last answer, came before the ruling.
local answered = ruled ~= (marks[3] or '')
if answered then upheld = ruling and readers or 0 end
local anew = answered and 2 * upheld > MOST_COUNTED
local known = not anew and call('HGET', REPORTS, ARGV[2])
if known then return {'REPORTED', byte(known, 1), 1} end
if comment.state ~= PENDING and comment.state ~= APPROVED then return {'REPORTED', 0, 0} end

if anew then readers, upheld = 0, MOST_COUNTED / 2 end
if readers >= MOST_COUNTED then return {'REPORTED', comment.lane > 0 and 1 or 0, 0} end

-- GCRA, as in submit.lua.
local us, interval = time[1] * 1000000 + time[2], tonumber(ARGV[7])
local most = us + interval * tonumber(ARGV[8])
local tat = tonumber(call('GET', RATE) or us)
local clamped = tat > most
tat = math.max(math.min(tat, most), us)
local over = tat + interval - most
if over > 0 then
  if clamped then call('SET', RATE, whole(tat), 'PX', whole(math.ceil((tat - us) / 1000))) end
  return {'REFUSED', over}
end

readers = readers + 1
local due_in = struct.unpack('<d', ARGV[9], 8 * math.min(readers, #ARGV[9] / 8) - 7)

local lease = read_lease(comment, 0)
local before, lane, since = comment.lane, comment.lane, tonumber(marks[4] or NOW)
if before <= REVIEW and comment.state == APPROVED then
  if before == REVIEW or readers >= 2 * upheld then lane, since = REPORTED, NOW end
elseif before <= REVIEW then
  lane, since = REVIEW, comment.submitted
end
local due
if lane == REVIEW or lane == REPORTED then
  due = since + due_in
  local old = lease and lease.due or before > 0 and tonumber(call('ZSCORE', LANES .. LANE[before], comment.id) or nil)
  if old then due = math.min(old, due) end
end

if lane ~= before then append_audit(8, ARGV[3], ARGV[4], comment) end
local queued = lane > 0 and 1 or 0
if anew then call('UNLINK', REPORTS) end
call('HSET', REPORTS,
  ARGV[2], char(queued) .. struct.pack('<i8', NOW) .. (readers <= MOST_TOLD and ARGV[6] or ''),
  'n', whole(readers), 'u', whole(upheld), 'w', ruled, 'b', whole(since), 'f', marks[5] or whole(NOW))
call('EXPIRE', REPORTS, KEPT)
tat = tat + interval
call('SET', RATE, whole(tat), 'PX', whole(math.max(1, math.ceil((tat - us) / 1000))))
if due and lease then
  -- Whoever holds it goes on.
  local held = call('HGET', HOLDERS, comment.id)
  call('HSET', HOLDERS, comment.id, sub(held, 1, 8) .. struct.pack('<d', due) .. sub(held, 17, 24) .. char(lane))
elseif due then
  leave_queue(comment)
  enter_queue(comment, lane, due)
end
if lane ~= before then
  comment.lane = lane
  write_comment(comment)
  if before == 0 then count('q') end
  wake('q', ARGV[5])
end
count('p')
write_statistics(ARGV[10])
return {'REPORTED', queued, 0}
