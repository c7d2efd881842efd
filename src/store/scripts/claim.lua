-- Leases the most urgent items of some lanes, after taking back what was leased too long.
--
-- The caller makes the tokens: a claim that is repeated after a lost reply returns the items that it took the first time.
-- Of several lanes the earliest due comes first. A wave or a thread is looked through in the order of arrival, a window
-- at a time: of those in the window that wait in one of the lanes, the earliest due come first; the caller goes on from
-- the place that the reply names. An appeal is never given to whoever made the decision that it is against.
--
-- KEYS   those of parts/change.lua, then  12 members: ids of the wave or the thread by arrival (where there is none: any)
-- ARGV   1 lease in ms  2 the longest cool-down in ms  3 holder's key id (8 bytes)  4 site name
--        5 numbers of the lanes to take from, a digit each  6 '' or the place in the members to look from
--        7- tokens (8 bytes each), one for each item wanted
-- reply  {a list of {token, id, due ms, expires ms, value}, place in the members to go on from, '' at their end}
-- cost   O(k log n) for k tokens; at most 100 leases taken back, 100 items passed over, and 500 members looked at
local MOST_BACK, MOST_PASSED, WINDOW = 100, 100, 500
local LEASE, LONGEST_COOL_DOWN, HOLDER, SITE, PLACE = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[6]

-- When a leased item was due, and in which lane. One that cannot be read must not keep the others: it is due at once.
local function place_of(lease)
  local due, lane = NOW, byte(lease, 25)
  if #lease >= 16 then due = struct.unpack('<d', sub(lease, 9, 16)) end
  return due, LANE[lane] and lane or REVIEW
end

local function take_back(low, high, is_over)
  local found = call('ZRANGEBYSCORE', LEASES, low, high, 'WITHSCORES', 'LIMIT', 0, MOST_BACK)
  for i = 1, #found, 2 do
    local id = found[i]
    local lease = call('HGET', HOLDERS, id)
    if is_over(lease, tonumber(found[i + 1])) then
      if lease then
        local due, lane = place_of(lease)
        call('ZADD', LANES .. LANE[lane], whole(due), id)
        call('HDEL', HOLDERS, id)
        call('HDEL', TOKENS, sub(lease, 1, 8))
      end
      call('ZREM', LEASES, id)
    end
  end
end
take_back('-inf', NOW, function() return true end)
-- A clock that jumped back must not lengthen a lease, nor a cool-down.
take_back('(' .. whole(NOW + LEASE), '+inf', function(lease, ends)
  return not lease or sub(lease, 1, 8) ~= NOBODY or ends > NOW + LONGEST_COOL_DOWN
end)

-- By the token's place among the arguments.
local given = {}
local function give(place, id, due, expires)
  local value = call('GET', COMMENTS .. id)
  if value then given[place] = {ARGV[place], id, whole(due), whole(expires), value} end
  return value
end

local wanted, taken = {}, 0
for i = 7, #ARGV do
  local held = call('HGET', TOKENS, ARGV[i])
  local lease = held and call('HGET', HOLDERS, held)
  if lease then
    give(i, held, place_of(lease), tonumber(call('ZSCORE', LEASES, held) or NOW))
  else
    wanted[#wanted + 1] = i
  end
end

-- Whether an item is for others only: an appeal against a decision of the same key, escalated or not.
local function is_for_others(id, lane)
  if lane < SENIOR then return false end
  local readable, comment = pcall(read_comment, id)
  return readable and comment and is_for_another(comment, HOLDER)
end

local function take(id, due, lane)
  call('ZREM', LANES .. LANE[lane], id)
  -- An entry without a comment leads nowhere, and is gone with that.
  local token = ARGV[wanted[taken + 1]]
  if not give(wanted[taken + 1], id, due, NOW + LEASE) then return end
  taken = taken + 1
  call('ZADD', LEASES, whole(NOW + LEASE), id)
  call('HSET', HOLDERS, id, struct.pack('<c8dc8B', token, due, HOLDER, lane))
  call('HSET', TOKENS, token, id)
end

local lanes = {}
for digit in string.gmatch(ARGV[5], '%d') do lanes[#lanes + 1] = tonumber(digit) end

-- The earliest due among the heads of the lanes, again and again.
local function take_heads()
  local heads, passed = {}, {}
  -- A lane whose next so many are all for others is left alone; the other lanes are not.
  while taken < #wanted do
    local best
    for _, lane in ipairs(lanes) do
      local at = passed[lane] or 0
      if heads[lane] == nil and at >= MOST_PASSED then heads[lane] = false end
      if heads[lane] == nil then
        local head = call('ZRANGE', LANES .. LANE[lane], at, at, 'WITHSCORES')
        heads[lane] = head[1] and {id = head[1], due = tonumber(head[2]), lane = lane} or false
      end
      local head = heads[lane]
      if head and (not best or head.due < best.due) then best = head end
    end
    if not best then return end
    if is_for_others(best.id, best.lane) then
      passed[best.lane] = (passed[best.lane] or 0) + 1
    else
      take(best.id, best.due, best.lane)
    end
    heads[best.lane] = nil
  end
end

-- Those of a window of the members that wait, the earliest due first; returns where to look next.
local function take_members()
  local window = call('ZRANGEBYSCORE', KEYS[12], '(' .. PLACE, '+inf', 'WITHSCORES', 'LIMIT', 0, WINDOW)
  if #window == 0 then return '' end
  local ids, waiting = {}, {}
  for i = 1, #window, 2 do ids[#ids + 1] = window[i] end
  for _, lane in ipairs(lanes) do
    for i, due in ipairs(call('ZMSCORE', LANES .. LANE[lane], unpack(ids))) do
      if due then waiting[#waiting + 1] = {id = ids[i], due = tonumber(due), lane = lane} end
    end
  end
  table.sort(waiting, function(a, b) return a.due < b.due or (a.due == b.due and a.id < b.id) end)
  for _, item in ipairs(waiting) do
    -- What is left of this window is looked at again.
    if taken == #wanted then return PLACE end
    if not is_for_others(item.id, item.lane) then take(item.id, item.due, item.lane) end
  end
  return #ids == WINDOW and window[#window] or ''
end

local place = ''
if PLACE ~= '' then place = take_members() else take_heads() end

-- Whoever is woken takes no more than it wants: what is left is for the next.
if taken > 0 then
  for _, lane in ipairs(lanes) do
    if call('EXISTS', LANES .. LANE[lane]) == 1 then
      wake('q', SITE)
      break
    end
  end
end
local items = {}
for i = 7, #ARGV do items[#items + 1] = given[i] end
return {items, place}
