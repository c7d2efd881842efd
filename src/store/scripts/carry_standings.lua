-- Gives standings the names of another pepper too: what is kept by the one is copied to the other, and each knows all.
-- KEYS[1]  prefix of standings' names; then two for each: its standing by the new name, by the name that it has
-- ARGV     two for each: the subject by the new name, by the name that it has (its kind's number, 1 byte, and hash)
-- Reply    how many were carried
-- Cost     O(k) for k standings; about 7 commands for one that is carried, else 2
-- A copy ends when its standing does, and is no entry of the list: that has each standing once.
local carried = 0
for i = 1, #ARGV, 2 do
  local new, old = KEYS[i + 1], KEYS[i + 2]
  if call('EXISTS', new) == 0 and call('COPY', old, new) == 1 then
    keep_names(KEYS[1], sub(ARGV[i], 1, 1), all_names(KEYS[1], ARGV[i], { sub(ARGV[i + 1], 2) }), call('PTTL', new))
    carried = carried + 1
  end
end
return carried
