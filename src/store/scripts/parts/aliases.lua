-- How an author's last traces go, once the author's own hash is gone. Needs `call` and `sub`.
-- Prefixes: authors, accounts of e-mail addresses, aliases, authors' aliases.

-- Forgets the aliases of a name that no author has, nor an address that accounts were used with.
local function forget_aliases(name, authors, accounts, aliases, aliases_of)
  if call('EXISTS', authors .. name, accounts .. name) > 0 then return end
  local names = call('GET', aliases_of .. name)
  if not names then return end
  for at = 1, #names, 16 do call('UNLINK', aliases .. sub(names, at, at + 15)) end
  call('UNLINK', aliases_of .. name)
end

-- Forgets that the author was used with these addresses (16 bytes each), and the author's aliases.
local function forget_names(author, emails, authors, accounts, aliases, aliases_of)
  for at = 1, #emails, 16 do
    local email = sub(emails, at, at + 15)
    call('SREM', accounts .. email, author)
    forget_aliases(email, authors, accounts, aliases, aliases_of)
  end
  forget_aliases(author, authors, accounts, aliases, aliases_of)
end
