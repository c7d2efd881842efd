-- What every script needs that tells the audit log what it changes; it stands before each of them.
local call, sub = redis.call, string.sub
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

-- The same for the first of several authors, as many as there are fresh references for, at most 20; those that are not there
-- are passed over where `known` is set. '' where none is left.
local function authors_subject(first, fresh, known)
  local named = {}
  for i, reference in ipairs(fresh) do
    local author = KEYS[first + i - 1]
    if not known or call('EXISTS', author) == 1 then
      local _, own = author_subject(author, reference)
      named[#named + 1] = 'author ' .. own
    end
  end
  if #named == 0 then return '' end
  local more = #KEYS - first + 1 - #fresh
  local text = table.concat(named, ', ') .. (more > 0 and ' and ' .. more .. ' more' or '')
  if #text < 128 then return string.char(50, #text) .. text end
  return string.char(50, #text % 128 + 128, math.floor(#text / 128)) .. text
end
