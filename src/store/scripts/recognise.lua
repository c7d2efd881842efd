#!lua flags=allow-oom
-- Finds whom hashes of the present pepper mean that were known by hashes of the one before: authors, and what else a
-- standing is said of. An author keeps the name that comments and bans have, and the new hash becomes an alias of it; what is
-- known by its standing alone is named anew. Of an IP address, comments have nothing but the hash: the one before becomes an
-- alias for as long as a standing of one can last.
--
-- KEYS   1 standings  2 their ends  3 prefix of authors  4 prefix of e-mail addresses' accounts  5 prefix of aliases
--        6 prefix of authors' aliases  then two for each other subject: its standing by the new hash, by the one before
-- ARGV   1 of each author, 32 bytes: the new hash, the one before
--        then two for each other subject: its kind's number (1 byte) and hash, new and before
-- reply  the authors' names, in their order
-- cost   O(k) for k names, four commands each; O(log n) in the standings for one that is named anew, once
local call, sub = redis.call, string.sub
local AUTHORS, ACCOUNTS, ALIASES, OF_AUTHOR = KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local IP_ADDRESS, DAYS_30 = 2, 30 * 86400
local function is_known(name) return call('EXISTS', AUTHORS .. name, ACCOUNTS .. name) > 0 end

local authors = {}
for at = 1, #ARGV[1], 32 do
  local now, before = sub(ARGV[1], at, at + 15), sub(ARGV[1], at + 16, at + 31)
  local author = call('GET', ALIASES .. now)
  if not author then
    author = now
    -- Who is known by both wrote while only some replicas had the new pepper: two histories, and neither is moved.
    if not is_known(now) then
      local earlier = call('GET', ALIASES .. before) or before
      if is_known(earlier) then
        author = earlier
        call('SET', ALIASES .. now, author)
        call('APPEND', OF_AUTHOR .. author, now)
      end
    end
  end
  authors[#authors + 1] = author
end

for i = 7, #KEYS, 2 do
  local now, before = ARGV[i - 5], ARGV[i - 4]
  if KEYS[i] ~= KEYS[i + 1] and call('EXISTS', KEYS[i + 1]) == 1 then
    -- Both are there where a replica with the old pepper set one meanwhile: what was said last holds.
    local said, said_before = call('ZSCORE', KEYS[1], now), call('ZSCORE', KEYS[1], before)
    if string.byte(now) == IP_ADDRESS then
      -- Where it has moved back, the way goes back with it: what is moved to is an alias of nothing.
      call('SET', ALIASES .. sub(before, 2), sub(now, 2), 'EX', DAYS_30)
      call('UNLINK', ALIASES .. sub(now, 2))
    end
    local moves = call('EXISTS', KEYS[i]) == 0 or tonumber(said_before or 0) > tonumber(said or 0)
    if moves then call('RENAME', KEYS[i + 1], KEYS[i]) else call('UNLINK', KEYS[i + 1]) end
    for which = 1, 2 do
      local score = call('ZSCORE', KEYS[which], before)
      call('ZREM', KEYS[which], before)
      if moves then
        if score then call('ZADD', KEYS[which], score, now) else call('ZREM', KEYS[which], now) end
      end
    end
  end
end
return authors
