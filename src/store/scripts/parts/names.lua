-- The names of one subject: its hashes by different peppers. Where a standing is kept by several, each is named in a string
-- of every one of them (KEYS: the prefix of these strings). Needs `call` and `sub`.

-- The subject's own hash, those others, and all that their standings are kept by; there is one a pepper.
local function all_names(prefix, subject, others)
  local kind, names, known = sub(subject, 1, 1), {}, {}
  local function add(name)
    if not known[name] then
      known[name] = true
      names[#names + 1] = name
    end
  end
  add(sub(subject, 2))
  for _, name in ipairs(others) do add(name) end
  for i = 1, #names do
    local kept = call('GET', prefix .. kind .. names[i]) or ''
    for at = 1, #kept, #names[1] do add(sub(kept, at, at + #names[1] - 1)) end
  end
  return names
end

-- Keeps them, for so many ms (at least one), or for good if that is negative.
local function keep_names(prefix, kind, names, ms)
  local all = table.concat(names)
  if ms == 0 then ms = 1 end
  for _, name in ipairs(names) do
    if ms < 0 then call('SET', prefix .. kind .. name, all) else call('SET', prefix .. kind .. name, all, 'PX', ms) end
  end
end
