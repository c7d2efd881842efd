-- How a comment goes: used by erase.lua and purge.lua, after parts/change.lua.
--
-- KEYS   12-17 prefixes of earlier versions, reports, waves, authors' comments, duplicates, texts apart from the audit log
local EARLIER, REPORTS, WAVES, BY_AUTHOR, SAID, TEXTS = KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17]
-- The flag of a tombstone that retention left: the comment counts as it stood, and the feed was not told.
local PURGED = 2

-- Why a comment's author is held; nil where that is not so.
local function legal_hold(comment)
  return comment.author and call('HGET', AUTHORS .. comment.author, 'lh') or nil
end

-- Removes what stands beside a comment: earlier versions, reports, its places, and what its author wrote in appeals.
local function remove_around(comment, wave, said)
  call('UNLINK', EARLIER .. comment.id, REPORTS .. comment.id, TEXTS .. comment.id)
  if wave ~= '' then call('ZREM', WAVES .. wave, comment.id) end
  for at = 1, #said, 16 do
    local key = SAID .. sub(said, at, at + 15)
    if call('GET', key) == comment.id then call('UNLINK', key) end
  end
  if comment.author then
    call('ZREM', BY_AUTHOR .. comment.author, comment.id)
    local only = call('HGET', AUTHORS .. comment.author, 'c')
    if only and sub(only, 1, 16) == comment.id then call('HDEL', AUTHORS .. comment.author, 'c') end
  end
end

-- Leaves a tombstone: the name, the thread, the version, when it came, and nothing of what it said or by whom.
local function bury(comment, flags)
  local head = struct.pack('<BBI4Bi8c8BBB', 2, ERASED, comment.version, comment.outcome, comment.submitted, NOBODY, 0, 0, flags)
  call('SET', COMMENTS .. comment.id, head .. thread_field(comment))
end

-- Erases a comment, and tells the feed so. Returns whether somebody held it.
local function erase(comment, wave, said, bits, details)
  local lease = read_lease(comment, 0)
  comment.version = comment.version + 1
  append_event(comment, ERASED, comment.version, bits, details)
  leave_queue(comment, lease)
  remove_around(comment, wave, said)
  move_to(comment, ERASED)
  bury(comment, 0)
  return lease ~= nil
end
