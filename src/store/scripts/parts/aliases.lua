-- Forgets the aliases of an author of whom nothing is left, nor of the accounts that an address was used with. Needs `call`
-- and `sub`.
local function forget_aliases(author, key, accounts, aliases, aliases_of)
  if call('EXISTS', key, accounts) > 0 then return end
  local names = call('GET', aliases_of .. author)
  if not names then return end
  for at = 1, #names, 16 do call('UNLINK', aliases .. sub(names, at, at + 15)) end
  call('UNLINK', aliases_of .. author)
end
