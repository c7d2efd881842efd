-- Forgets some comments whose time is up. The blog keeps what it shows: the feed is told only of those that nobody decided
-- on, which become ERASED. What else is forgotten leaves the indexes, and counts as it stood. Whose author is held stays.
-- An author without a comment, a standing or a hold is forgotten too.
--
-- KEYS   those of parts/change.lua and parts/removal.lua  18-19 prefixes of authors' notes and strikes
--        20-22 prefixes of e-mail addresses' accounts, of aliases, of authors' aliases  23 ends of standings
-- ARGV   1 16 random bits  2 event details  3 site name  4 only what came before this, in ms
--        5- of each comment: id, its wave ('' for none), the hashes of what it said (16 bytes each)
-- reply  what became of each: 1 forgotten, 3 gone before, 4 held, 5 not yet due
-- cost   O(log n) in the queue and the indexes; about 25 commands a comment, and a few more for an author's last
local became, told, freed = {}, false, false

local function forget_author(author)
  if call('EXISTS', BY_AUTHOR .. author) == 1 then return end
  local known = call('HMGET', AUTHORS .. author, 'c', 'st', 'lh', 'em', 'ref', 'su')
  if known[1] or known[3] then return end
  if known[2] and (not known[6] or tonumber(known[6]) > NOW) then
    -- The standing is all that is kept.
    call('HDEL', AUTHORS .. author, 'f', '1', '2', '3', '4', '5', '6')
    return
  end
  -- What the list has of the author goes with the next round.
  call('ZADD', KEYS[23], 'XX', whole(NOW), '\1' .. author)
  call('UNLINK', AUTHORS .. author, KEYS[18] .. author, KEYS[19] .. author)
  if known[5] then call('UNLINK', TEXTS .. known[5]) end
  forget_names(author, known[4] or '', AUTHORS, KEYS[20], KEYS[21], KEYS[22])
end

for i = 5, #ARGV, 3 do
  local comment = read_comment(ARGV[i])
  local kind = 1
  if not comment or comment.state == ERASED then
    kind = 3
  elseif comment.submitted >= tonumber(ARGV[4]) then
    kind = 5
  elseif legal_hold(comment) then
    kind = 4
  elseif comment.state == PENDING then
    told, freed = true, erase(comment, ARGV[i + 1], ARGV[i + 2], ARGV[1], ARGV[2]) or freed
  else
    local lease = read_lease(comment, 0)
    leave_queue(comment, lease)
    freed = freed or lease ~= nil
    remove_around(comment, ARGV[i + 1], ARGV[i + 2])
    for _, tail in ipairs({'', ':' .. comment.thread}) do
      call('ZREM', INDEXES .. tostring(comment.state) .. tail, comment.id)
    end
    bury(comment, PURGED)
  end
  if kind == 1 and comment.author then forget_author(comment.author) end
  became[#became + 1] = kind
end
if told then wake('e', ARGV[3]) end
if freed then wake('l', ARGV[3]) end
return became
