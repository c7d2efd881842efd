-- Replaces the text of a comment that waits for a moderator by one with parts blacked out: earlier version, event and audit
-- entry in one step. State, place in the queue and lease stay.
--
-- Its own recorded success is recognised first, so a repetition after a lost reply is answered as the first time.
--
-- KEYS   those of parts/change.lua, then  12 earlier versions
-- ARGV   1 id  2 version  3 digest (8 bytes)  4 moderator's key id (8 bytes)  5 token (8 bytes) or ''  6 16 random bits
--        7 event details  8 audit details  9 site name  10 the longest that anything rests (lease or cool-down) in ms
--        11 '1': may decide what is escalated  12 content  13 content as it was  14 at this version
-- reply  {'REDACTED', state, version, ms, 1 if replayed} {'NOT_FOUND'} {'ERASED'} {'RETRACTED'}
--        {'STALE', state, version} {'NOT_WAITING'} {'ESCALATED'} {'LEASED'}
-- cost   about 14 commands, and up to 10 values looked at for an old repetition
local BLACKED_OUT = 8
local comment = read_comment(ARGV[1])
if not comment then return {'NOT_FOUND'} end
if comment.state == ERASED then return {'ERASED'} end
local version, by = tonumber(ARGV[2]), ARGV[4]
local made = made_before(REDACTION, version, ARGV[3])
if made then return {'REDACTED', comment.state, version + 1, made.replaced, 1} end
if comment.state == RETRACTED then return {'RETRACTED'} end
if comment.version ~= version or comment.version ~= tonumber(ARGV[14]) then return {'STALE', comment.state, comment.version} end
if comment.state ~= PENDING and comment.lane == 0 then return {'NOT_WAITING'} end
if comment.lane == SENIOR and ARGV[11] ~= '1' then return {'ESCALATED'} end
local lease = read_lease(comment, tonumber(ARGV[10]))
if lease and lease.lives then
  local mine = lease.token == ARGV[5] or (ARGV[5] == '' and lease.holder == by)
  if not mine then return {'LEASED'} end
end

local event = append_event(comment, comment.state, version + 1, ARGV[6], ARGV[7])
local audit = append_audit(5, ARGV[6], ARGV[8], comment, comment.state, version + 1, event)
keep_version(comment, REDACTION, ARGV[3], ARGV[13])
append_entry(comment, BLACKED_OUT, version + 1, by, audit)
comment.version = version + 1
write_content(comment, comment.outcome, ARGV[12])
wake('e', ARGV[9])
return {'REDACTED', comment.state, version + 1, NOW, 0}
