-- What bulk_decide.lua and bulk_look.lua share, after parts/ruling.lua: what a bulk decision makes of a comment. The
-- kinds are those of `Kind` in src/store/bulk.rs, each one digit of a reply.
local TAKEN, SETTLED, HELD, RESERVED, GONE, OUTSIDE = 1, 2, 3, 4, 5, 6

-- `thread`: only what stands below it, '' for all; `newest`: only what came up to then; `longest`: as for `read_lease`,
-- which it calls.
local function judge(comment, thread, newest, by, senior, longest)
  if not comment or comment.state >= RETRACTED then return GONE end
  if thread ~= '' and comment.thread ~= thread or comment.submitted > newest then return OUTSIDE end
  if comment.state ~= PENDING and comment.lane == 0 then return SETTLED end
  if comment.lane == SENIOR and not senior then return RESERVED end
  if is_for_another(comment, by) then return RESERVED end
  local lease = read_lease(comment, longest)
  comment.lease = lease
  if lease and lease.lives and lease.holder ~= by then return HELD end
  return TAKEN
end
