-- Takes in comments that were moderated elsewhere, each once: its marker, its place in the author's history, its lesson.
--
-- Everything is read before the first write. The first lesson is the first write, since XADD alone can fail (on a used id).
--
-- KEYS   1 site  2 counters  3 lessons of imported comments
--        then two for each comment: the set of markers, author (the site's key where there is none)
-- ARGV   five for each comment: marker (64 bits, signed)  state  when it came in ms, '' if unknown
--        lesson, '' for none  16 random bits
-- reply  {'TAKEN', imported, known before, lessons, new authors, lessons that wait for the trainer} {'NO_SITE'}
-- cost   O(k) for k comments (the caller sends at most 100), six commands each
local NONE = KEYS[1]
if redis.call('HEXISTS', KEYS[1], 'v') == 0 then return {'NO_SITE'} end

local fresh, met = {}, {}
local count = (#KEYS - 3) / 2
for i = 1, count do
  local marker = ARGV[5 * i - 4]
  -- The same twice in one call: the first one's marker is not written yet.
  if not met[marker] and redis.call('SISMEMBER', KEYS[2 + 2 * i], marker) == 0 then fresh[#fresh + 1] = i end
  met[marker] = true
end

local last, lessons = tonumber(redis.call('HGET', KEYS[2], 'il') or 0), 0
for _, i in ipairs(fresh) do
  if ARGV[5 * i - 1] ~= '' then
    lessons = lessons + 1
    redis.call('XADD', KEYS[3], string.format('%.0f', last + lessons) .. '-' .. ARGV[5 * i], 'l', ARGV[5 * i - 1])
  end
end
if lessons > 0 then redis.call('HSET', KEYS[2], 'il', string.format('%.0f', last + lessons)) end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local new_authors = 0
for _, i in ipairs(fresh) do
  local author = KEYS[3 + 2 * i]
  if author ~= NONE then
    -- A time to come is a wrong clock.
    local came = math.min(tonumber(ARGV[5 * i - 2]) or now, now)
    local first = tonumber(redis.call('HGET', author, 'f') or nil)
    if not first then new_authors = new_authors + 1 end
    if not first or came < first then redis.call('HSET', author, 'f', string.format('%.0f', came)) end
    redis.call('HINCRBY', author, ARGV[5 * i - 3], 1)
  end
  redis.call('SADD', KEYS[2 + 2 * i], ARGV[5 * i - 4])
end
return {'TAKEN', #fresh, count - #fresh, lessons, new_authors, redis.call('XLEN', KEYS[3])}
