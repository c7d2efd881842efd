#!lua flags=allow-oom
-- Finds whom hashes of the present pepper mean while another is configured. An author who is known by the other's hash keeps
-- it as a name, and the present one becomes an alias of it.
--
-- KEYS   1 prefix of authors  2 prefix of e-mail addresses' accounts  3 prefix of aliases  4 prefix of authors' aliases
-- ARGV   1 of each author, 32 bytes: the present hash, the other
--        2 '1': they are about to be written. Who is known by neither has the present hash for a name then, and for a minute
--        the other is an alias of it: who comes to a replica with the other pepper meanwhile gets the same name
-- reply  the authors' names, in their order
-- cost   O(k) for k authors, about four commands each
local call, sub = redis.call, string.sub
local AUTHORS, ACCOUNTS, ALIASES, OF_AUTHOR = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local MINUTE = 60
local function is_known(name) return call('EXISTS', AUTHORS .. name, ACCOUNTS .. name) > 0 end
local function keep(alias, author)
  call('SET', ALIASES .. alias, author)
  call('APPEND', OF_AUTHOR .. author, alias)
  call('PERSIST', OF_AUTHOR .. author)
end

local names = {}
for at = 1, #ARGV[1], 32 do
  local now, other = sub(ARGV[1], at, at + 15), sub(ARGV[1], at + 16, at + 31)
  local author = call('GET', ALIASES .. now)
  if author then
    -- The alias of a minute stays, once somebody was written under the name.
    if call('TTL', ALIASES .. now) >= 0 and is_known(author) then keep(now, author) end
  else
    author = now
    -- Who is known by both came to replicas that did not know of the other pepper: two histories, and neither is moved.
    if not is_known(now) then
      local known_as = call('GET', ALIASES .. other) or other
      if is_known(known_as) then
        author = known_as
        keep(now, author)
      elseif ARGV[2] == '1' then
        call('SET', ALIASES .. other, now, 'EX', MINUTE)
        call('SET', OF_AUTHOR .. now, other, 'EX', MINUTE)
      end
    end
  end
  names[#names + 1] = author
end
return names
