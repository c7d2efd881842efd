-- A comment's text replaced by another, and what it said before. Used by revise.lua and redact.lua, after
-- parts/change.lua. KEYS 12 is the list of the comment's earlier versions, the newest first (`src/store/versions.rs` tells
-- the layout of its entries).
local VERSIONS, VERSION_HEAD, MOST_VERSIONS = KEYS[12], '<BI4I4BBi8i8c8', 10
-- How an earlier version ended.
local REVISION, REDACTION = 1, 2
-- The flag of a comment that has earlier versions.
local HAS_EARLIER = 1

local function earlier_version(i)
  local value = call('LINDEX', VERSIONS, i)
  if not value then return nil end
  local kind, first, last, _, _, written, replaced, digest = struct.unpack(VERSION_HEAD, value)
  return {kind = kind, first = first, last = last, written = written, replaced = replaced, digest = digest}
end

-- The change that replaced a version, if it was this one.
local function made_before(kind, version, digest)
  for i = 0, MOST_VERSIONS - 1 do
    local found = earlier_version(i)
    if not found or found.last < version then return nil end
    if found.last == version then
      return found.kind == kind and found.digest == digest and found or nil
    end
  end
end

-- Keeps what the comment says at its current version, before it is changed; `content` is that as a record.
local function keep_version(comment, kind, digest, content)
  local before = earlier_version(0)
  local first, written = 1, comment.submitted
  if before then first, written = before.last + 1, before.replaced end
  local head = struct.pack(VERSION_HEAD, kind, first, comment.version, comment.state, comment.outcome, written, NOW, digest)
  call('LPUSH', VERSIONS, head .. content)
  call('LTRIM', VERSIONS, 0, MOST_VERSIONS - 1)
end

-- Writes another outcome and record, with head and history as the table has them.
local function write_content(comment, outcome, content)
  local value = comment.value
  local history = sub(value, #value - ENTRY * comment.entries + 1)
  comment.value = sub(value, 1, 6) .. char(outcome) .. sub(value, 8, HEAD) .. content .. history
  if comment.flags % 2 < HAS_EARLIER then comment.flags = comment.flags + HAS_EARLIER end
  call('SET', COMMENTS .. comment.id, comment.value, 'KEEPTTL')
  write_comment(comment)
end
