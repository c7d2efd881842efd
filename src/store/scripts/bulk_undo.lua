-- One batch of the undoing of a bulk operation: undoes what the operation did where nothing came after it, counts the
-- others, and moves the cursor, in one step. A batch that another has done, or that is repeated after a lost reply, finds
-- the cursor elsewhere, and changes nothing: each runs once.
--
-- KEYS   those of parts/change.lua  12 operation  13 its changes  14 the changes that undoing makes, of the same form
-- ARGV   1 where the cursor is, counted in changes  2 how many to undo  3 moderator's key id (8 bytes)  4 site name
--        5 '1': may decide what is escalated  6 event details  7 how long the changes are remembered, in s
--        8 random bits, 16 for each  9 '1': count by moderator  10 prefix of the statistics' keys
-- reply  {'DONE', fields as HGETALL has them} {'MOVED'}
-- cost   O(k log n) for k changes; about 24 commands for each that is undone, 1 for another
local OPERATION, CHANGES, UNDONE_CHANGES = KEYS[12], KEYS[13], KEYS[14]
local REVERTED, CHANGED, SET_APART, MISSING = 1, 2, 3, 4
local before = call('HMGET', OPERATION, 's', 'uc', 'au', 'uau', 'u1', 'u2', 'u3', 'u4')
if before[1] ~= '3' or before[2] ~= ARGV[1] then return {'MOVED'} end
local made_by, audit = tonumber(before[3]), tonumber(before[4])
local from, by, senior = tonumber(ARGV[1]), ARGV[3], ARGV[5] == '1'
local packed = call('GETRANGE', CHANGES, whole(28 * from), whole(28 * (from + ARGV[2]) - 1))
local done = math.floor(#packed / 28)

-- What becomes of a change, and the ruling that is to be undone.
local function look(comment, version)
  if not comment or comment.state == ERASED then return MISSING end
  local ruling = last_ruling(comment, ESCALATED)
  if comment.version ~= version or not ruling or ruling.version ~= version or ruling.audit ~= made_by then return CHANGED end
  if ruling.lane == SENIOR and not senior or undo_is_for_another(comment, ruling, by) then return SET_APART end
  return REVERTED, ruling
end

local counts, changes, freed = {}, {}, false
COUNT.bulk, COUNT.by_moderator = true, ARGV[9] == '1'
for kind = REVERTED, MISSING do counts[kind] = tonumber(before[4 + kind]) end
for i = 0, done - 1 do
  local id, version = struct.unpack('<c16I4', packed, 28 * i + 1)
  local comment = read_comment(id)
  local kind, ruling = look(comment, version)
  counts[kind] = counts[kind] + 1
  if kind == REVERTED then
    comment.lease = read_lease(comment, 0)
    freed = freed or comment.lease
    local bits = struct.unpack('<H', ARGV[8], 2 * i + 1)
    local undone, event = undo(comment, ruling, by, bits, ARGV[6], audit)
    changes[#changes + 1] = struct.pack('<c16I4i8', id, undone, tonumber(event))
  end
end
local fields = {'uc', whole(from + done), 'ue', whole(NOW)}
for kind = REVERTED, MISSING do
  fields[#fields + 1], fields[#fields + 2] = 'u' .. kind, whole(counts[kind])
end
if call('STRLEN', CHANGES) <= 28 * (from + done) then fields[#fields + 1], fields[#fields + 2] = 's', '4' end
call('HSET', OPERATION, unpack(fields))
if #changes > 0 then
  call('APPEND', UNDONE_CHANGES, table.concat(changes))
  call('EXPIRE', UNDONE_CHANGES, ARGV[7])
  call('EXPIRE', OPERATION, ARGV[7])
  wake('d', ARGV[4])
  wake('q', ARGV[4])
end
if freed then wake('l', ARGV[4]) end
write_statistics(ARGV[10])
return {'DONE', call('HGETALL', OPERATION)}
