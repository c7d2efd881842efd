#!lua flags=allow-oom
-- Asks for a rewrite of the append-only file, or says whether one is asked for and may begin (it does so at most once in a
-- while), or that some who asked are served.
--
-- KEYS   1 how many wait for one  2 that it was rewritten
-- ARGV   1 1 to ask, 0 to look, below 0: so many are served  2 at most every so many ms
-- reply  {how many wait, whether it may begin now (1 or 0), else for how many ms it may not}
-- cost   O(1)
local call, more = redis.call, tonumber(ARGV[1])
local waiting = more == 0 and tonumber(call('GET', KEYS[1]) or 0) or call('INCRBY', KEYS[1], more)
if waiting <= 0 or more < 0 then return {0, 0, 0} end
if call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return {waiting, 1, 0} end
return {waiting, 0, math.max(0, call('PTTL', KEYS[2]))}
