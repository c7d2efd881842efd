-- One batch of a bulk operation: decides those of its comments that are undecided and free, counts the others, and moves
-- the operation's cursor, in one step. A batch that another has done, or that is repeated after a lost reply, finds the
-- cursor elsewhere, and changes nothing: each runs once.
--
-- KEYS   those of parts/change.lua  12 operation  13 its changes: (id, version made, event's sequence), 28 bytes each
-- ARGV   1 where the cursor is  2 where it is afterwards  3 '1': the last batch  4 how many were left, with the last
--        5 verdict (1 to 3)  6 moderator's key id (8 bytes)  7 site name
--        8 the longest that anything rests (lease or cool-down) in ms  9 '1': may decide what is escalated
--        10 only this thread's, '' for all  11 how many decisions of an operation teach  12 event details
--        13 how long the changes are remembered, in s  14 ids, 16 bytes each  15 random bits, 16 for each id
--        16 '1': only what came before the operation began  17 the site's own code, or ''
--        18 '1': count by moderator  19 prefix of the statistics' keys
-- reply  {'DONE', fields as HGETALL has them, waits ended in time, and late} {'MOVED'}
-- cost   O(k log n) for k ids; about 24 commands for each that is decided, 3 for another
local OPERATION, CHANGES = KEYS[12], KEYS[13]
local before = call('HMGET', OPERATION, 's', 'c', 'au', '1', '2', '3', '4', '5', 'n', 't')
if before[1] ~= '1' or before[2] ~= ARGV[1] then return {'MOVED'} end
local verdict, by, longest, senior = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[8]), ARGV[9] == '1'
local audit, teaches = tonumber(before[3]), tonumber(ARGV[11])
local newest = ARGV[16] == '1' and tonumber(before[10]) or math.huge
local counts, looked, changes, freed = {}, 0, {}, false
COUNT.reason, COUNT.bulk, COUNT.by_moderator = ARGV[17], true, ARGV[18] == '1'
for kind = TAKEN, GONE do counts[kind] = tonumber(before[3 + kind]) end
for i = 0, #ARGV[14] / 16 - 1 do
  local id = sub(ARGV[14], 16 * i + 1, 16 * i + 16)
  local comment = read_comment(id)
  local kind = judge(comment, ARGV[10], newest, by, senior, longest)
  looked = looked + 1
  if kind < OUTSIDE then counts[kind] = counts[kind] + 1 end
  if kind == TAKEN then
    local bits = struct.unpack('<H', ARGV[15], 2 * i + 1)
    freed = freed or comment.lease
    local version, event = rule(comment, verdict, by, bits, ARGV[12], audit, nil, counts[TAKEN] > teaches)
    changes[#changes + 1] = struct.pack('<c16I4i8', id, version, tonumber(event))
  end
end
local fields = {'c', ARGV[2], 'e', whole(NOW), 'n', whole(before[9] + looked)}
for kind = TAKEN, GONE do
  fields[#fields + 1], fields[#fields + 2] = tostring(kind), whole(counts[kind])
end
if ARGV[3] == '1' then
  for _, word in ipairs({'s', '2', 'left', ARGV[4]}) do fields[#fields + 1] = word end
end
call('HSET', OPERATION, unpack(fields))
if #changes > 0 then
  call('APPEND', CHANGES, table.concat(changes))
  call('EXPIRE', CHANGES, ARGV[13])
  call('EXPIRE', OPERATION, ARGV[13])
  wake('d', ARGV[7])
end
if freed then wake('l', ARGV[7]) end
write_statistics(ARGV[19])
return {'DONE', call('HGETALL', OPERATION), WAITS.in_time, WAITS.late}
