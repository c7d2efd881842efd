-- What a bulk decision would make of some comments. Changes nothing.
--
-- KEYS   those of parts/change.lua
-- ARGV   1 moderator's key id (8 bytes)  2 the longest that anything rests (lease or cool-down) in ms
--        3 '1': may decide what is escalated  4 only this thread's, '' for all  5 ids, 16 bytes each
-- reply  a digit for each id, as parts/bulk.lua has them
-- cost   O(k) for k ids; 1 to 3 commands for each
local kinds = {}
for i = 1, #ARGV[5], 16 do
  local comment = read_comment(sub(ARGV[5], i, i + 15))
  kinds[#kinds + 1] = judge(comment, ARGV[4], math.huge, ARGV[1], ARGV[3] == '1', tonumber(ARGV[2]))
end
return table.concat(kinds)
