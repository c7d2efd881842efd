-- What every script that changes a stored comment is made of; it stands before each of them (`change_script!`), behind
-- parts/audit.lua.
--
-- KEYS 1-11 (`ScriptCall::change`), prefixes that names are appended to, then whole keys:
--   1 comments  2 indexes  3 threads  4 authors  5 lanes  6 leases  7 lease holders  8 lease tokens  9 events
--   10 counters  11 audit log
--
-- A script checks everything before its first write, since scripts don't roll back, and writes the event first, since
-- XADD alone can fail (on a used id). The layout of a comment's value is told in `src/store/record.rs`.
local COMMENTS, INDEXES, THREADS, AUTHORS, LANES = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local LEASES, HOLDERS, TOKENS, EVENTS, COUNTERS, AUDIT = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local char, byte, sub = string.char, string.byte, string.sub
local HEAD, ENTRY, MOST_ENTRIES = 26, 40, 16
local PENDING, APPROVED, REJECTED, SPAM, RETRACTED, ERASED = 1, 2, 3, 4, 5, 6
-- Kinds of history entries; 1 to 3 are verdicts, and lead to the state that is one higher.
local ESCALATED, UNDONE, APPEALED = 4, 5, 9
local LANE = {'review', 'reported', 'escalated', 'appeals'}
local REVIEW, REPORTED, SENIOR, APPEALS = 1, 2, 3, 4
local NOBODY = string.rep('\0', 8)

-- Where a protobuf varint at `at` ends, and its value.
local function varint(value, at)
  local number, scale, digit = 0, 1, nil
  repeat
    digit = byte(value, at)
    number, scale, at = number + digit % 128 * scale, scale * 128, at + 1
  until digit < 128
  return number, at
end

-- The thread's and the author's name and the score: fields 1, 7 and 9 of the record, which begins with fields of bytes in
-- their order. A score of 0 is left out.
local function names(value, stop)
  local at, thread, author, probability = HEAD + 1, nil, nil, 0
  while at <= stop do
    local tag, length = byte(value, at), nil
    if tag == 77 then probability = struct.unpack('<f', value, at + 1) end
    if tag % 8 ~= 2 or tag > 66 then break end
    length, at = varint(value, at + 1)
    if tag == 10 then thread = sub(value, at, at + length - 1) end
    if tag == 58 then author = sub(value, at, at + length - 1) end
    at = at + length
  end
  return thread or '', author, probability
end

-- A comment by name; nil where there is none.
local function read_comment(id)
  local value = call('GET', COMMENTS .. id)
  if not value then return nil end
  local format, state, version, outcome, submitted, _, entries, lane, flags = struct.unpack('<BBI4Bi8c8BBB', value)
  if format ~= 2 then error('a comment of another format') end
  local thread, author, probability = names(value, #value - ENTRY * entries)
  return {
    id = id, value = value, state = state, version = version, outcome = outcome, submitted = submitted,
    entries = entries, lane = lane, flags = flags, thread = thread, author = author,
    probability = probability,
  }
end

-- The i-th entry of a comment's history, the oldest first.
local function entry(comment, i)
  local at = #comment.value - ENTRY * (comment.entries - i + 1) + 1
  local version, kind, in_force, by, ms, audit, state, lane, due = struct.unpack('<I4BBc8i8i8BBd', comment.value, at)
  return {
    at = at, version = version, kind = kind, in_force = in_force > 0, untaught = in_force == 2, by = by, ms = ms,
    audit = audit, state = state, lane = lane, due = due,
  }
end

-- The last entry up to this kind that is in force: 3 for verdicts, 4 for escalations too; nil where there is none.
local function last_ruling(comment, kind)
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.kind <= kind and found.in_force then return found end
  end
end

local function last_entry(comment)
  return comment.entries > 0 and entry(comment, comment.entries) or nil
end

-- Whether a ruling answered an appeal, wherever that waited: nothing else was ruled in between.
local function answers_appeal(comment, ruling)
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.at < ruling.at then
      if found.kind == APPEALED then return true end
      if found.kind < ESCALATED and found.in_force then return false end
    end
  end
  return false
end

-- The verdict that an appeal waits to be answered on; nil where none does.
local function appealed_ruling(comment)
  local ruling = last_ruling(comment, 3)
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if not ruling or found.at <= ruling.at then return nil end
    if found.kind == APPEALED then return ruling end
  end
end

-- Whether a comment waits for another than this moderator: who decided does not answer the appeal against that.
local function is_for_another(comment, by)
  local ruling = appealed_ruling(comment)
  return ruling ~= nil and ruling.by == by
end

-- Where the oldest entry is that may go: what is in force, and an appeal, has to be known later.
local function expendable(comment)
  local verdict, ruling = last_ruling(comment, 3), last_ruling(comment, ESCALATED)
  local appeal
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.kind == APPEALED then appeal = appeal or found.at end
  end
  for i = 1, comment.entries do
    local at = entry(comment, i).at
    local kept = at == appeal or verdict and at == verdict.at or ruling and at == ruling.at
    if not kept then return at end
  end
end

-- Takes a ruling's force, in the value that `write_comment` writes.
local function lift(comment, ruling)
  comment.value = sub(comment.value, 1, ruling.at + 4) .. '\0' .. sub(comment.value, ruling.at + 6)
  comment.lifted = ruling.at
end

-- Remembers what is done to a comment, with how it stood before: call it before the change. `untaught`: a verdict that
-- teaches the model nothing.
local function append_entry(comment, kind, version, by, audit, due, untaught)
  local in_force = kind > ESCALATED and 0 or untaught and 2 or 1
  comment.appended = struct.pack('<I4BBc8i8i8BBd', version, kind, in_force, by, NOW, audit, comment.state, comment.lane, due or 0)
end

-- Writes head and history as the table has them.
local function write_comment(comment)
  local key, entries, value = COMMENTS .. comment.id, comment.entries, comment.value
  local appended = comment.appended or ''
  local keeps = appended == '' or entries < MOST_ENTRIES
  if appended ~= '' and keeps then entries = entries + 1 end
  local head = struct.pack('<BI4', comment.state, comment.version) .. sub(value, 7, 23)
    .. char(entries, comment.lane, comment.flags)
  if keeps then
    call('SETRANGE', key, 1, head)
    if comment.lifted then call('SETRANGE', key, comment.lifted + 4, '\0') end
    if appended ~= '' then call('APPEND', key, appended) end
  else
    local goes = expendable(comment)
    call('SET', key, sub(value, 1, 1) .. head .. sub(value, HEAD + 1, goes - 1)
      .. sub(value, goes + ENTRY) .. appended, 'KEEPTTL')
  end
end

-- Who holds a comment; nil where nobody does. `longest`: the longest that anything rests, in ms.
local function read_lease(comment, longest)
  local lease = call('HGET', HOLDERS, comment.id)
  if not lease then return nil end
  local expires = tonumber(call('ZSCORE', LEASES, comment.id) or 0)
  local token, due = sub(lease, 1, 8), NOW
  if #lease >= 16 then due = struct.unpack('<d', sub(lease, 9, 16)) end
  return {
    token = token, due = due, holder = sub(lease, 17, 24),
    -- A lease beyond the longest that there is comes from before the clock jumped back.
    lives = token ~= NOBODY and expires > NOW and expires <= NOW + longest,
  }
end

-- Takes a comment out of its lane, from whoever holds it; returns when it was due.
local function leave_queue(comment, lease)
  local due
  if lease then
    due = lease.due
    call('ZREM', LEASES, comment.id)
    call('HDEL', HOLDERS, comment.id)
    call('HDEL', TOKENS, lease.token)
  end
  if comment.lane > 0 then
    local lane = LANES .. LANE[comment.lane]
    if not lease then due = tonumber(call('ZSCORE', lane, comment.id) or nil) end
    call('ZREM', lane, comment.id)
  end
  comment.lane = 0
  return due
end

local function enter_queue(comment, lane, due)
  call('ZADD', LANES .. LANE[lane], whole(due), comment.id)
  comment.lane = lane
end

-- Moves a comment to a state in all indexes and counts.
local function move_to(comment, state)
  local old, new = tostring(comment.state), tostring(state)
  comment.state = state
  if old == new then return end
  for _, tail in ipairs({'', ':' .. comment.thread}) do
    local arrival = call('ZSCORE', INDEXES .. old .. tail, comment.id)
    call('ZREM', INDEXES .. old .. tail, comment.id)
    if arrival then call('ZADD', INDEXES .. new .. tail, arrival, comment.id) end
  end
  local counted = {COUNTERS, THREADS .. comment.thread}
  if comment.author then counted[3] = AUTHORS .. comment.author end
  for _, key in ipairs(counted) do
    call('HINCRBY', key, old, -1)
    call('HINCRBY', key, new, 1)
  end
end

-- A comment's thread as a record's field 1: at most 200 bytes.
local function thread_field(comment)
  local length = #comment.thread
  local head = length < 128 and char(10, length) or char(10, length % 128 + 128, math.floor(length / 128))
  return head .. comment.thread
end

-- Tells the feed of a comment's new state and version; returns the event's sequence. The thread joins the details as
-- EventRecord.thread_id.
local function append_event(comment, state, version, bits, details)
  details = details .. thread_field(comment)
  local seq = whole(tonumber(call('HGET', COUNTERS, 'seq') or 0) + 1)
  call('XADD', EVENTS, seq .. '-' .. bits,
    'c', comment.id, 's', whole(state), 'v', whole(version), 't', whole(NOW), 'x', details)
  call('HSET', COUNTERS, 'seq', seq)
  return seq
end

-- Appends to the audit log of a comment (before it is changed): its state before and after, the version that was made
-- and its event, where there are such. Returns the entry's sequence.
local function append_audit(action, bits, details, comment, state, version, event)
  local fields = {'c', comment.id, 'b', whole(comment.state), 's', whole(state or comment.state)}
  if version then fields[7], fields[8] = 'v', whole(version) end
  if event then fields[#fields + 1], fields[#fields + 2] = 'e', event end
  return append_audit_to(AUDIT, COUNTERS, action, bits, details, fields)
end

-- 'd': an event that is a decision.  'e': an event.  'q': something to claim.  'b': both.  'l': a lease was taken.
local function wake(kind, site) call('PUBLISH', 'replydesk:wakeups', kind .. site) end
