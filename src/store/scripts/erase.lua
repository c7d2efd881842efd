-- Erases some comments of a data subject: each becomes a tombstone, which the feed is told of. It frees memory, and must
-- work in a full Redis. What is erased already stays so, so a repetition after a lost reply is harmless.
--
-- KEYS   those of parts/change.lua and parts/removal.lua
-- ARGV   1 16 random bits  2 event details  3 site name
--        4- of each comment: id, the version that was read, its wave ('' for none), the hashes of what it said (16 bytes each)
-- reply  what became of each: 1 erased, 2 changed since it was read, 3 gone before, 4 held
-- cost   O(log n) in the queue and the indexes; about 25 commands a comment
local became, freed = {}, false
for i = 4, #ARGV, 4 do
  local comment = read_comment(ARGV[i])
  local kind = 1
  if not comment or comment.state == ERASED then
    kind = 3
  elseif legal_hold(comment) then
    kind = 4
  elseif comment.version ~= tonumber(ARGV[i + 1]) then
    kind = 2
  else
    freed = erase(comment, ARGV[i + 2], ARGV[i + 3], ARGV[1], ARGV[2]) or freed
  end
  became[#became + 1] = kind
end
wake('e', ARGV[3])
if freed then wake('l', ARGV[3]) end
return became
