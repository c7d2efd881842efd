-- What every script needs that tells the audit log what it changes; it stands before each of them.
local call = redis.call
local function whole(number) return string.format('%.0f', number) end

local time = call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

-- Appends an entry: an action, its details (an `AuditRecord`), and further fields. Its id is dense, as in the feed: the
-- field `au` of the counters has the last sequence. Returns the entry's sequence.
local function append_audit_to(log, counters, action, bits, details, fields)
  local seq = whole(tonumber(call('HGET', counters, 'au') or 0) + 1)
  call('XADD', log, seq .. '-' .. bits, 'k', whole(action), 't', whole(NOW), 'x', details, unpack(fields or {}))
  call('HSET', counters, 'au', seq)
  return seq
end

-- An author as the log names one: by a reference that is kept with the author, and means nothing once that is erased. Its
-- field in an entry's details (AuditRecord.subject, field 6), and the reference itself.
local function author_subject(author, fresh)
  local reference = call('HGET', author, 'ref')
  if not reference then
    reference = fresh
    call('HSET', author, 'ref', fresh)
  end
  return string.char(50, 7 + #reference) .. 'author ' .. reference, reference
end
