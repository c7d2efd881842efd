-- Adds a moderator's note on an author. The same note by the same moderator again is not added, so that a repetition after
-- a lost reply is harmless.
--
-- KEYS   1 site  2 the author's notes
-- ARGV   1 the note  2 how many are kept
-- reply  {'NOTED', ms, 1 if it was there before} {'NO_SITE'}
-- cost   O(n) for n notes, at most 20
if redis.call('EXISTS', KEYS[1]) == 0 then return {'NO_SITE'} end
for _, known in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if string.sub(known, 9) == ARGV[1] then return {'NOTED', (struct.unpack('<i8', known)), 1} end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('LPUSH', KEYS[2], struct.pack('<i8', now) .. ARGV[1])
redis.call('LTRIM', KEYS[2], 0, ARGV[2] - 1)
return {'NOTED', now, 0}
