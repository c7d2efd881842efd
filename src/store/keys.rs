//! Every key, spelt here and nowhere else. A site's keys share the hash tag `{site}`, so one script may touch them all.
//!
//! Names are short because each is paid for once a comment; `docs/REDIS.md` has the same table in prose.
//!
//! | key | type | lives | written by |
//! |---|---|---|---|
//! | `{site}:site` | hash: `v` policy version, `p` policy, `n` display name, `t` created | for good | `site_*.lua` |
//! | `{site}:t:<thread>` | hash: `v` settings version, `closed`, `f` first comment at, `mo` mode and `mu` until when, `title`, `url`, `lang`, `1`-`6` comments by state, `k` words said below it, `r` its rate | for good | `submit`, `decide`, `thread_change` |
//! | `{site}:a:<author>` | hash: `v` version of standing, `f` first seen, `1`-`6` comments by state, `c` the only comment and its sequence; `st` standing, `su` its end, `sr` reason, `sb` by whom, `sa` when, `sc` the comment that named the author, `sw` all that in words, `sk` strikes | for good | `submit`, `decide`, `set_standing` |
//! | `{site}:si:<ip>`, `:sd:<domain>`, `:sw:<website>` | string: a standing (see [`crate::store::standing`]) | until the standing's end | `set_standing` |
//! | `{site}:sx` | sorted set: subjects with a standing by when it was set | for good | `set_standing` |
//! | `{site}:se` | the same, by when it ends | until then | `set_standing` |
//! | `{site}:ac:<author>` | sorted set: ids of an author's newest 1,000 comments by sequence, from the second on | for good | `submit` |
//! | `{site}:an:<author>` | list: notes on an author, the newest 20 | for good | `add_author_note` |
//! | `{site}:ak:<author>` | set: ids of the comments that brought an author a strike | for good | `set_standing` |
//! | `{site}:c:<id>` | string, the packed comment | by retention | `submit`, `decide` |
//! | `{site}:q:<lane>` | sorted set of ids by due time | while queued | `submit`, `claim`, `release`, `decide`, `undo` |
//! | `{site}:l` | sorted set of leased ids by expiry | while leased | `claim`, `renew`, `release`, `decide` |
//! | `{site}:lh` | hash: id -> token, due time, holder, lane | while leased | the same |
//! | `{site}:lt` | hash: token -> id | while leased | the same |
//! | `{site}:e` | stream, the event feed | `events.keep_days` | `submit`, `decide`, `undo`, the trimmer |
//! | `{site}:au` | stream, the audit log | by retention | all that change something by a person's will |
//! | `{site}:n` | hash: `seq` the feed's last sequence, `au` the audit log's, `il` that of imported lessons, `1`-`6` comments by state, `r` the site's rate, `st` submissions of the running hour | for good | `submit`, `decide`, `import` |
//! | `{site}:st:<hour>` | hash: what was counted in an hour, see [`crate::store::statistics`] | 8 days | `submit`, `parts/statistics` |
//! | `{site}:std:<day>` | hash: the same of a day | 400 days | the same |
//! | `{site}:i:<state>` | sorted set of ids by sequence | while in the state | `submit`, `decide` |
//! | `{site}:i:<state>:<thread>` | the same, of one thread | while in the state | `submit`, `decide` |
//! | `{site}:ra:<author>`, `:ri:<ip>` | string, the rate: GCRA's theoretical arrival time in microseconds | until it has passed | `submit` |
//! | `{site}:rr:<reporter>` | string, a reader's rate of reports, as the others | until it has passed | `report` |
//! | `{site}:r:<id>` | hash: a keyed hash of reader and comment -> how it was answered, when, what was said; `n` readers, `u` how many a moderator had seen, `w` when, `b` queued since, `f` the first | 90 days after the last report | `report` |
//! | `{site}:cv:<id>` | list, a comment's earlier texts, the newest ten (see [`crate::store::versions`]) | as long as the comment | `revise`, `redact` |
//! | `{site}:d:<hash>` | string, the id of the first comment that said this | 24 h | `submit` |
//! | `{site}:m:<sketch part>` | string: a wave and its size (see [`crate::store::waves`]) | 24 h after the last that shares it | `submit` |
//! | `{site}:w:<wave>` | sorted set: ids of a wave's comments by sequence, at most 100,000 | 24 h after the last joined | `submit` |
//! | `{site}:wd:<wave>` | string: what its later members follow: a bulk operation's name and its verdict | as the policy says | `bulk_start`; `bulk_undo_start` deletes it |
//! | `{site}:b:<operation>` | hash, a bulk operation: `d` digest of the request, `s` stage, `v` verdict, `w` wave, `rt` text for readers, `c` cursor, `n` comments looked at, `1`-`5` what became of them, `left`, `au` audit entry, `t` begun, `e` last changed; `uc`, `u1`-`u4`, `uau`, `ut`, `ue` the same of its undoing | undo window + 30 days | `bulk_*` |
//! | `{site}:bc:<operation>`, `:bu:<operation>` | string, the changes that it made, or its undoing: id, version, event's sequence, 28 bytes each | the same | `bulk_decide`, `bulk_undo` |
//! | `{site}:h:<domain>` | string, a count of comments that lead there | 24 h | `submit` |
//! | `{site}:k:<data key>` | string, a wrapped data key | as long as what it seals | `submit` |
//! | `{site}:im:<bucket>` | set (intset) of 64-bit hashes of imported comments' names | for good | `import` |
//! | `{site}:il` | stream, lessons of imported comments; `il` in `{site}:n` is its last sequence | until learnt | `import`, the trainer |
//! | `{replydesk}:sites` | set of site names | for good | `create_site` |
//! | `{replydesk}:key:<id>` | hash: `h` hash of the secret, `role`, `sites`, `label`, `created`, `expires`, `revoked` | for good | `key_*.lua` |
//! | `{replydesk}:keys` | set of key ids | for good | `key_create.lua` |
//! | `{replydesk}:au` | stream, the audit log of access keys | by retention | `key_create`, `key_revoke` |
//! | `{replydesk}:n` | hash: `au` the last sequence of that | for good | the same |
//! | `{replydesk}:identity` | hash: fingerprints of pepper and public key | for good | `identity.rs` |
//! | `{replydesk}:model` | hash: `seq` the log's last sequence, `taught` the last that was a lesson, `holder` and `until` the trainer's lease, `place`, `place_before`, `kept`, `digest` of the snapshots | for good | `model_append`, `model_snapshot`, `trainer_lease` |
//! | `{replydesk}:model:log` | stream: lessons, and marks | until two snapshots hold them | `model_append`, the trainer |
//! | `{replydesk}:model:cursors` | hash: `e:<site>` and `i:<site>`, how far each source is taught | for good | `model_append` |
//! | `{replydesk}:model:snapshot`, `:before` | string: a model with its place in the log, and the one before it | for good | `model_snapshot` |
//! | `{replydesk}:probe` | string | for good | `connection.rs` |

use crate::comment::{
    calendar::{Day, Hour},
    ids::{CommentId, KeyId, KeyedHash, OperationId, SiteId, ThreadId, WaveId},
    lane::Lane,
    state::CommentState,
    subject::Subject,
};

fn of_site(site: &SiteId, kind: &str, rest: &[u8]) -> Vec<u8> {
    let site = site.as_str().as_bytes();
    let mut key = Vec::with_capacity(site.len() + kind.len() + rest.len() + 2);
    key.push(b'{');
    key.extend(site);
    key.push(b'}');
    key.extend(kind.as_bytes());
    key.extend(rest);
    key
}

/// Hash: the site's policy and its version.
#[must_use]
pub fn site(site: &SiteId) -> Vec<u8> {
    of_site(site, ":site", b"")
}

/// Hash: a thread's settings, details and counts.
#[must_use]
pub fn thread(site: &SiteId, thread: &ThreadId) -> Vec<u8> {
    of_site(site, ":t:", thread.as_str().as_bytes())
}

/// Hash: an author's standing and counts.
#[must_use]
pub fn author(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":a:", author.as_bytes())
}

/// Where a subject's standing is: in an author's hash, else a string of its own.
#[must_use]
pub fn standing(site: &SiteId, subject: &Subject) -> Vec<u8> {
    let kind = match subject {
        Subject::Author(_) => ":a:",
        Subject::IpAddress(_) => ":si:",
        Subject::LinkDomain(_) => ":sd:",
        Subject::Website(_) => ":sw:",
    };
    of_site(site, kind, subject.hash())
}

/// Sorted set: the subjects that a standing was said of, by when it was set, in milliseconds.
#[must_use]
pub fn standings(site: &SiteId) -> Vec<u8> {
    of_site(site, ":sx", b"")
}

/// Sorted set: those of them whose standing ends, by when it does, in milliseconds.
#[must_use]
pub fn standing_ends(site: &SiteId) -> Vec<u8> {
    of_site(site, ":se", b"")
}

/// Sorted set: an author's newest comments, by sequence of arrival. There is none for an author of one.
#[must_use]
pub fn author_comments(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ac:", author.as_bytes())
}

/// List: what moderators noted on an author, newest first.
#[must_use]
pub fn author_notes(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":an:", author.as_bytes())
}

/// Set: the ids of the comments that brought an author a strike.
#[must_use]
pub fn author_strikes(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ak:", author.as_bytes())
}

/// String: a packed comment.
#[must_use]
pub fn comment(site: &SiteId, id: &CommentId) -> Vec<u8> {
    of_site(site, ":c:", id.as_bytes())
}

/// What [`comment`] keys start with, for scripts that learn ids on their way.
#[must_use]
pub fn comment_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":c:", b"")
}

/// Sorted set: ids that wait in a lane for a moderator, by due time in milliseconds.
#[must_use]
pub fn lane(site: &SiteId, lane: Lane) -> Vec<u8> {
    of_site(site, ":q:", lane.word().as_bytes())
}

/// Sorted set: leased ids, by expiry in milliseconds.
#[must_use]
pub fn leases(site: &SiteId) -> Vec<u8> {
    of_site(site, ":l", b"")
}

/// Hash: leased id to token, due time and holder.
#[must_use]
pub fn lease_holders(site: &SiteId) -> Vec<u8> {
    of_site(site, ":lh", b"")
}

/// Hash: lease token to id.
#[must_use]
pub fn lease_tokens(site: &SiteId) -> Vec<u8> {
    of_site(site, ":lt", b"")
}

/// Stream: the event feed.
#[must_use]
pub fn events(site: &SiteId) -> Vec<u8> {
    of_site(site, ":e", b"")
}

/// Stream: the audit log.
#[must_use]
pub fn audit(site: &SiteId) -> Vec<u8> {
    of_site(site, ":au", b"")
}

/// The prefixes and keys that `scripts/parts/change.lua` takes, in its order.
#[must_use]
pub fn change(site: &SiteId) -> [Vec<u8>; 11] {
    [
        comment_prefix(site),
        index_prefix(site),
        of_site(site, ":t:", b""),
        of_site(site, ":a:", b""),
        of_site(site, ":q:", b""),
        leases(site),
        lease_holders(site),
        lease_tokens(site),
        events(site),
        counters(site),
        audit(site),
    ]
}

/// Hash: the feed's last sequence, and counts by state.
#[must_use]
pub fn counters(site: &SiteId) -> Vec<u8> {
    of_site(site, ":n", b"")
}

/// Hash: what was counted in an hour of the clock.
#[must_use]
pub fn hour_statistics(site: &SiteId, hour: Hour) -> Vec<u8> {
    of_site(site, ":st:", hour.number().to_string().as_bytes())
}

/// Hash: what was counted on a day, in UTC.
#[must_use]
pub fn day_statistics(site: &SiteId, day: Day) -> Vec<u8> {
    of_site(site, ":std:", day.number().to_string().as_bytes())
}

/// What [`hour_statistics`] keys start with, up to `:`, and [`day_statistics`] keys, up to `d:`: for scripts, which learn
/// the time on their way.
#[must_use]
pub fn statistics_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":st", b"")
}

/// Sorted set: ids in a state, by sequence of arrival; of one thread or of the whole site.
#[must_use]
pub fn index(site: &SiteId, state: CommentState, thread: Option<&ThreadId>) -> Vec<u8> {
    let mut rest = vec![b'0' + state.number()];
    if let Some(thread) = thread {
        rest.push(b':');
        rest.extend(thread.as_str().as_bytes());
    }
    of_site(site, ":i:", &rest)
}

/// What [`index`] keys start with, for scripts that learn the state on their way.
#[must_use]
pub fn index_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":i:", b"")
}

/// String: the author's rate.
#[must_use]
pub fn author_rate(site: &SiteId, author: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ra:", author.as_bytes())
}

/// String: the IP address's rate.
#[must_use]
pub fn ip_rate(site: &SiteId, ip: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ri:", ip.as_bytes())
}

/// String: a reader's rate of reports.
#[must_use]
pub fn reporter_rate(site: &SiteId, reader: &KeyedHash) -> Vec<u8> {
    of_site(site, ":rr:", reader.as_bytes())
}

/// Hash: what readers reported of a comment, by a keyed hash of reader and comment.
#[must_use]
pub fn reports(site: &SiteId, id: &CommentId) -> Vec<u8> {
    of_site(site, ":r:", id.as_bytes())
}

/// List: what a comment said before, the newest first.
#[must_use]
pub fn earlier_versions(site: &SiteId, id: &CommentId) -> Vec<u8> {
    of_site(site, ":cv:", id.as_bytes())
}

/// String: the first comment by this author that said this here.
#[must_use]
pub fn duplicate(site: &SiteId, said: &KeyedHash) -> Vec<u8> {
    of_site(site, ":d:", said.as_bytes())
}

/// String: the wave whose comments share this part of a sketch, and its size.
#[must_use]
pub fn sketch_part(site: &SiteId, which: u8, part: u64) -> Vec<u8> {
    let mut rest = [b'0' + which; 9];
    rest[1..].copy_from_slice(&part.to_le_bytes());
    of_site(site, ":m:", &rest)
}

/// Sorted set: the ids of a wave's comments, by sequence of arrival. There is none for a wave of one.
#[must_use]
pub fn wave(site: &SiteId, wave: WaveId) -> Vec<u8> {
    of_site(site, ":w:", wave.to_string().as_bytes())
}

/// String: what later members of a wave follow: a bulk operation's name, 16 bytes, and its verdict.
#[must_use]
pub fn wave_decision(site: &SiteId, wave: WaveId) -> Vec<u8> {
    of_site(site, ":wd:", wave.to_string().as_bytes())
}

/// What [`wave_decision`] keys start with, for a script that learns the wave on its way.
#[must_use]
pub fn wave_decision_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":wd:", b"")
}

/// Hash: a bulk operation.
#[must_use]
pub fn bulk(site: &SiteId, operation: OperationId) -> Vec<u8> {
    of_site(site, ":b:", operation.as_bytes())
}

/// String: the changes that a bulk operation made, or that its undoing made.
#[must_use]
pub fn bulk_changes(site: &SiteId, operation: OperationId, undone: bool) -> Vec<u8> {
    let kind = if undone { ":bu:" } else { ":bc:" };
    of_site(site, kind, operation.as_bytes())
}

/// What [`wave`] keys start with, for a script that learns the wave on its way.
#[must_use]
pub fn wave_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":w:", b"")
}

/// String: how many comments lead to this registered domain.
#[must_use]
pub fn link_host(site: &SiteId, host: &KeyedHash) -> Vec<u8> {
    of_site(site, ":h:", host.as_bytes())
}

/// String: a wrapped data key.
#[must_use]
pub fn data_key(site: &SiteId, id: [u8; 8]) -> Vec<u8> {
    of_site(site, ":k:", &id)
}

/// How many sets the markers of imported comments are spread over. Redis packs a set of at most 512 integers into 8 bytes
/// each (an intset): 16,384 sets stay so up to some six million comments.
const MARKER_BUCKETS: u64 = 16_384;

/// Set: what was imported before, of those whose marker is in the same bucket.
#[must_use]
pub fn imported_markers(site: &SiteId, marker: u64) -> Vec<u8> {
    let bucket = u16::try_from(marker % MARKER_BUCKETS).unwrap_or_default();
    of_site(site, ":im:", &bucket.to_le_bytes())
}

/// Stream: lessons of imported comments, which the trainer takes away.
#[must_use]
pub fn imported_lessons(site: &SiteId) -> Vec<u8> {
    of_site(site, ":il", b"")
}

/// Stream: the audit log of what concerns no site alone.
#[must_use]
pub fn global_audit() -> Vec<u8> {
    b"{replydesk}:au".to_vec()
}

/// Hash: the last sequence of [`global_audit`].
#[must_use]
pub fn global_counters() -> Vec<u8> {
    b"{replydesk}:n".to_vec()
}

/// Set: the names of all sites; a name may be left here whose site was never written.
#[must_use]
pub fn sites() -> Vec<u8> {
    b"{replydesk}:sites".to_vec()
}

/// Hash: an access key.
#[must_use]
pub fn access_key(id: KeyId) -> Vec<u8> {
    format!("{{replydesk}}:key:{id}").into_bytes()
}

/// Set: the ids of all access keys.
#[must_use]
pub fn access_keys() -> Vec<u8> {
    b"{replydesk}:keys".to_vec()
}

/// Hash: how the model log and its snapshots stand, and who is the trainer.
#[must_use]
pub fn model() -> Vec<u8> {
    b"{replydesk}:model".to_vec()
}

/// Stream: the lessons that every replica applies.
#[must_use]
pub fn model_log() -> Vec<u8> {
    b"{replydesk}:model:log".to_vec()
}

/// Hash: how far each source of lessons is taught.
#[must_use]
pub fn model_cursors() -> Vec<u8> {
    b"{replydesk}:model:cursors".to_vec()
}

/// String: the newest snapshot of the model.
#[must_use]
pub fn model_snapshot() -> Vec<u8> {
    b"{replydesk}:model:snapshot".to_vec()
}

/// String: the snapshot before the newest.
#[must_use]
pub fn model_snapshot_before() -> Vec<u8> {
    b"{replydesk}:model:snapshot:before".to_vec()
}
