-- Forgets the contact data of some comments whose time for that is up: what was sealed, and the IP address's hashes.
-- Whose author is held keeps it, and the data key that opens it.
--
-- KEYS   those of parts/change.lua  12 data keys by age  13 data keys that are held
-- ARGV   1 only what came before this, in ms  2- ids
-- reply  what became of each: 1 forgotten, 2 there was none, 3 gone before, 4 held, 5 not yet due
-- cost   O(1); 2 commands a comment

-- Where a protobuf field's value ends that begins at `at`, by its wire type.
local function field_end(value, at, wire)
  local length
  if wire == 0 then
    length, at = varint(value, at)
    return at - 1
  elseif wire == 1 then
    return at + 7
  elseif wire == 2 then
    length, at = varint(value, at)
    return at + length - 1
  elseif wire == 5 then
    return at + 3
  end
  error('a record of another format')
end

-- A comment's value without what was sealed (field 8) and the hashes of the address (fields 16 and 18), and the sealed part.
local function without_contact(comment)
  local value = comment.value
  local stop, at, kept, sealed = #value - ENTRY * comment.entries, HEAD + 1, {}, nil
  local from = 1
  while at <= stop do
    local tag, after = varint(value, at)
    local last = field_end(value, after, tag % 8)
    local field = math.floor(tag / 8)
    if field == 8 or field == 16 or field == 18 then
      if field == 8 then sealed = sub(value, after, last) end
      kept[#kept + 1] = sub(value, from, at - 1)
      from = last + 1
    end
    at = last + 1
  end
  if from == 1 then return nil end
  kept[#kept + 1] = sub(value, from)
  return table.concat(kept), sealed
end

local became = {}
for i = 2, #ARGV do
  local comment = read_comment(ARGV[i])
  local kind = 1
  if not comment or comment.state == ERASED then
    kind = 3
  elseif comment.submitted >= tonumber(ARGV[1]) then
    kind = 5
  else
    local value, sealed = without_contact(comment)
    if not value then
      kind = 2
    elseif comment.author and call('HEXISTS', AUTHORS .. comment.author, 'lh') == 1 then
      kind = 4
      if sealed then
        local _, at = varint(sealed, 1)
        local key = sub(sealed, at + 1, at + 8)
        if call('ZREM', KEYS[12], key) == 1 then call('SADD', KEYS[13], key) end
      end
    else
      call('SET', COMMENTS .. comment.id, value, 'KEEPTTL')
    end
  end
  became[#became + 1] = kind
end
return became
