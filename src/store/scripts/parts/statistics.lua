-- Counts of a site by hour (kept 8 days) and by day (kept 400), for scripts that decide.
--
-- A script makes a tally {hour = {}, day = {}}, counts in it, and writes it once: two or three commands for each of the
-- two hashes, whether one comment was decided or five hundred. No other command comes between HMGET and HSET, so they are
-- as exact as HINCRBY. Fields are told in docs/REDIS.md.
--
-- Reasons (days) and moderators (hours) have names of people's making, so that their number has a bound: what comes
-- beyond it is counted under 'rest'. A clock that jumps back counts in an earlier hour, and lengthens nothing.
local STATISTICS = {
  {period = 'hour', suffix = ':', ms = 3600000, keep = 8 * 86400, names = 400},
  {period = 'day', suffix = 'd:', ms = 86400000, keep = 400 * 86400, names = 64},
}

local function new_tally() return {hour = {}, day = {}} end

-- One more in both hashes, or so many.
local function count(tally, field, more)
  for _, counts in pairs(tally) do counts[field] = (counts[field] or 0) + (more or 1) end
end

local function count_name(counts, name) counts[name] = (counts[name] or 0) + 1 end

-- decision.verdict     1-4
-- decision.bulk        true for one of many
-- decision.said_spam   true where the score was 0.5 or more
-- decision.waited      ms from arrival to this, the first decision; nil for a later one, and for an escalation
-- decision.reason      the site's own code, '' for none
-- decision.moderator   key id (8 bytes) where the site counts by moderator, else ''
local function count_decision(tally, decision)
  count(tally, (decision.bulk and 'b' or 'd') .. decision.verdict)
  if decision.said_spam and not decision.bulk then count(tally, 's' .. decision.verdict) end
  if decision.waited then
    local bucket = 0
    if decision.waited >= 250 then
      bucket = math.min(108, 8 + math.floor(4 * math.log(decision.waited / 1000) / math.log(2)))
    end
    count(tally, 'w' .. bucket)
  end
  if decision.reason ~= '' then count_name(tally.day, 'r:' .. decision.reason) end
  if decision.moderator ~= '' then count_name(tally.hour, 'm:' .. decision.moderator) end
end

-- A decision was undone; moderator is who had made it, or ''.
local function count_undone(tally, verdict, moderator)
  count(tally, 'u' .. verdict)
  if moderator ~= '' then count_name(tally.hour, 'n:' .. moderator) end
end

local function write_counts(key, hash, counts)
  local fields = {'names', 'rest'}
  for field in pairs(counts) do fields[#fields + 1] = field end
  local had = redis.call('HMGET', key, unpack(fields))
  local names, rest = tonumber(had[1] or 0), tonumber(had[2] or 0)
  local write = {}
  for i = 3, #fields do
    local field, more = fields[i], counts[fields[i]]
    local named = string.byte(field, 2) == 58
    if named and not had[i] and names >= hash.names then
      rest = rest + more
    else
      if named and not had[i] then names = names + 1 end
      write[#write + 1], write[#write + 2] = field, string.format('%.0f', (had[i] or 0) + more)
    end
  end
  if names > 0 then
    write[#write + 1], write[#write + 2] = 'names', names
    write[#write + 1], write[#write + 2] = 'rest', string.format('%.0f', rest)
  end
  if #write == 0 then return end
  -- A hash that is new has nothing but new fields.
  local added = redis.call('HSET', key, unpack(write))
  if added * 2 == #write then redis.call('EXPIRE', key, hash.keep) end
end

-- Writes a tally; prefix as in keys.rs, now in ms.
local function write_statistics(tally, prefix, now)
  for _, hash in ipairs(STATISTICS) do
    if next(tally[hash.period]) then
      write_counts(prefix .. hash.suffix .. string.format('%.0f', math.floor(now / hash.ms)), hash, tally[hash.period])
    end
  end
end
