-- A verdict carried out on a comment that `read_comment` read: event, audit entry, state, counts and queue. Used by
-- decide.lua, undo.lua and the bulk scripts, after parts/change.lua and parts/statistics.lua: whoever uses it calls
-- `write_statistics` at its end.

-- EventRecord.earlier_verdict: field 8, a varint. What an earlier decision taught is corrected by this one's lesson.
-- earlier_untaught: field 13.
local function with_earlier(details, earlier)
  if not earlier then return details end
  return details .. char(64, earlier.kind) .. (earlier.untaught and char(104, 1) or '')
end

-- The waits that verdicts ended, by whether their item was due already.
local WAITS = {in_time = 0, late = 0}

-- Carries out a verdict (1 to 3); `audit` is the sequence of the entry that tells of it, or nil to append one with
-- `audit_details`. Returns the version that was made, and the sequence of its event.
local function rule(comment, verdict, by, bits, event_details, audit, audit_details, untaught)
  local state, version = verdict + 1, comment.version + 1
  -- EventRecord.untaught: field 12.
  if untaught then event_details = event_details .. char(96, 1) end
  local event = append_event(comment, state, version, bits, with_earlier(event_details, last_ruling(comment, 3)))
  audit = audit or append_audit(1, bits, audit_details, comment, state, version, event)
  count_ruling(comment, verdict, by)
  local before = comment.lane
  local due = leave_queue(comment, comment.lease)
  if due then
    local kind = NOW > due and 'late' or 'in_time'
    WAITS[kind] = WAITS[kind] + 1
  end
  local after = comment.lane
  comment.lane = before
  append_entry(comment, verdict, version, by, audit, due, untaught)
  comment.lane = after
  move_to(comment, state)
  comment.version = version
  write_comment(comment)
  return version, event
end

-- Whether another than this moderator has to undo a ruling: to whoever decided, neither the appeal against that nor its
-- answer is left.
local function undo_is_for_another(comment, ruling, by)
  if ruling.kind == ESCALATED then return false end
  if is_for_another(comment, by) then return true end
  if not answers_appeal(comment, ruling) then return false end
  for i = comment.entries, 1, -1 do
    local found = entry(comment, i)
    if found.at < ruling.at and found.kind < ESCALATED and found.in_force then return found.by == by end
  end
  return false
end

-- Undoes the ruling that is in force, and made the current version; `audit` and `audit_details` as for `rule`.
local function undo(comment, ruling, by, bits, event_details, audit, audit_details)
  local escalated = ruling.kind == ESCALATED
  local version = escalated and comment.version or comment.version + 1
  lift(comment, ruling)
  local event
  if not escalated then
    -- EventRecord.undone_verdict: field 9. What was in force before is in force again.
    local details = with_earlier(event_details, last_ruling(comment, 3)) .. char(72, ruling.kind)
    if ruling.untaught then details = details .. char(96, 1) end
    event = append_event(comment, ruling.state, version, bits, details)
  end
  audit = audit or append_audit(3, bits, audit_details, comment, ruling.state, not escalated and version or nil, event)
  count_undone(ruling)
  local before, due = comment.lane, leave_queue(comment, comment.lease)
  comment.lane = before
  append_entry(comment, UNDONE, ruling.version + 1, by, audit, due)
  comment.lane = 0
  if ruling.lane > 0 then enter_queue(comment, ruling.lane, ruling.due) end
  move_to(comment, ruling.state)
  comment.version = version
  write_comment(comment)
  return version, event
end
