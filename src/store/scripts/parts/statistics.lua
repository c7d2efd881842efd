-- Counts of a site by hour (kept 8 days) and by day (kept 400), for scripts that rule on comments; it stands before each of
-- them (`change_script!`), behind parts/change.lua.
--
-- `rule` and `undo` count by themselves. A script sets COUNT before, and calls `write_statistics` at its end: two or three
-- commands for each of the two hashes, whether one comment was decided or five hundred. No other command comes between
-- HMGET and HSET, so they are as exact as HINCRBY. The fields are told in docs/REDIS.md.
--
-- Reasons (of days) and moderators (of hours) have names of people's making, so that their number has a bound: what comes
-- beyond it is counted under 'rest'. A clock that jumps back counts in an earlier hour, and lengthens nothing.
local STATISTICS = {
  {period = 'hour', suffix = ':', ms = 3600000, keep = 8 * 86400, names = 400},
  {period = 'day', suffix = 'd:', ms = 86400000, keep = 400 * 86400, names = 64},
}

-- What the script has counted, and how: `reason` the site's own code or '', `bulk` decisions are a part of one,
-- `by_moderator` the site's policy has moderator_statistics.
local TALLY = {hour = {}, day = {}}
local COUNT = {reason = '', bulk = false, by_moderator = false}

-- One more in both hashes, or so many: 'q' items that joined the queue, 'p' reports, 'a' appeals; others are below.
local function count(field, more)
  for _, counts in pairs(TALLY) do counts[field] = (counts[field] or 0) + (more or 1) end
end

local function count_name(counts, name) counts[name] = (counts[name] or 0) + 1 end

local function count_wait(ms)
  local bucket = 0
  if ms >= 250 then bucket = math.min(108, 8 + math.floor(4 * math.log(ms / 1000) / math.log(2))) end
  count('w' .. bucket)
end

-- A ruling on a comment as `read_comment` read it, whose history has not been read anew since.
local function count_ruling(comment, kind, by)
  count((COUNT.bulk and 'b' or 'd') .. kind)
  -- One judgement of many comments says little of each of their scores.
  if comment.probability >= 0.5 and not COUNT.bulk then count('s' .. kind) end
  local decided = kind == ESCALATED
  for i = 1, comment.entries do decided = decided or entry(comment, i).kind <= 3 end
  if not decided then count_wait(NOW - comment.submitted) end
  if COUNT.reason ~= '' then count_name(TALLY.day, 'r:' .. COUNT.reason) end
  if COUNT.by_moderator then count_name(TALLY.hour, 'm:' .. by) end
end

-- A ruling that was undone.
local function count_undone(ruling)
  count('u' .. ruling.kind)
  if COUNT.by_moderator then count_name(TALLY.hour, 'n:' .. ruling.by) end
end

local function write_counts(key, hash, counts)
  local fields = {'names', 'rest'}
  for field in pairs(counts) do fields[#fields + 1] = field end
  local had = call('HMGET', key, unpack(fields))
  local names, rest = tonumber(had[1] or 0), tonumber(had[2] or 0)
  local write = {}
  for i = 3, #fields do
    local field, more = fields[i], counts[fields[i]]
    local named = byte(field, 2) == 58
    if named and not had[i] and names >= hash.names then
      rest = rest + more
    else
      if named and not had[i] then names = names + 1 end
      write[#write + 1], write[#write + 2] = field, whole((had[i] or 0) + more)
    end
  end
  if names > 0 then
    write[#write + 1], write[#write + 2] = 'names', names
    write[#write + 1], write[#write + 2] = 'rest', whole(rest)
  end
  if #write == 0 then return end
  -- A hash that is new has nothing but new fields.
  local added = call('HSET', key, unpack(write))
  if added * 2 == #write then call('EXPIRE', key, hash.keep) end
end

-- Writes what was counted; a script calls it once, at its end. `prefix` as in keys.rs.
local function write_statistics(prefix)
  for _, hash in ipairs(STATISTICS) do
    if next(TALLY[hash.period]) then
      write_counts(prefix .. hash.suffix .. whole(math.floor(NOW / hash.ms)), hash, TALLY[hash.period])
    end
  end
end
