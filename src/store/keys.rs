//! Every key, spelt here and nowhere else. A site's keys share the hash tag `{site}`, so one script may touch them all.
//!
//! What each holds, for how long, and which script writes it is the table in `docs/REDIS.md`. Names are short because each
//! is paid for once a comment.

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

/// String: the author that a hash of a later pepper means.
#[must_use]
pub fn author_alias(site: &SiteId, alias: &KeyedHash) -> Vec<u8> {
    of_site(site, ":al:", alias.as_bytes())
}

/// The prefixes that `recognise.lua` takes behind the standings, in its order.
#[must_use]
pub fn recognition(site: &SiteId) -> [Vec<u8>; 4] {
    [":a:", ":ae:", ":al:", ":als:"].map(|kind| of_site(site, kind, b""))
}

/// String: an author's aliases, 16 bytes each; what these keys start with, for scripts that have the author.
#[must_use]
pub fn author_aliases(site: &SiteId) -> Vec<u8> {
    of_site(site, ":als:", b"")
}

/// What [`author_alias`] keys start with, for scripts that learn aliases on their way.
#[must_use]
pub fn author_alias_prefix(site: &SiteId) -> Vec<u8> {
    of_site(site, ":al:", b"")
}

/// Set: the accounts that were used with an e-mail address, each by its author's hash.
#[must_use]
pub fn email_accounts(site: &SiteId, email: &KeyedHash) -> Vec<u8> {
    of_site(site, ":ae:", email.as_bytes())
}

/// Hash: what people wrote of a comment, or of an author by reference, by the sequence of its audit entry.
#[must_use]
pub fn audit_texts(site: &SiteId, of: &[u8]) -> Vec<u8> {
    of_site(site, ":ax:", of)
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

/// Sorted set: a site's data keys, by when they came, in milliseconds.
#[must_use]
pub fn data_keys(site: &SiteId) -> Vec<u8> {
    of_site(site, ":kx", b"")
}

/// Set: the data keys that a legal hold keeps.
#[must_use]
pub fn held_data_keys(site: &SiteId) -> Vec<u8> {
    of_site(site, ":kh", b"")
}

/// String: how often contact data was revealed on a day, in UTC.
#[must_use]
pub fn reveals(site: &SiteId, day: Day) -> Vec<u8> {
    of_site(site, ":rv:", day.number().to_string().as_bytes())
}

/// Hash: how far retention has come.
#[must_use]
pub fn retention(site: &SiteId) -> Vec<u8> {
    of_site(site, ":rt", b"")
}

/// The prefixes that `scripts/parts/removal.lua` takes, in its order.
#[must_use]
pub fn removal(site: &SiteId) -> [Vec<u8>; 6] {
    [":cv:", ":r:", ":w:", ":ac:", ":d:", ":ax:"].map(|kind| of_site(site, kind, b""))
}

/// The prefixes that `purge.lua` takes besides, in its order.
#[must_use]
pub fn purge(site: &SiteId) -> [Vec<u8>; 5] {
    [":an:", ":ak:", ":ae:", ":al:", ":als:"].map(|kind| of_site(site, kind, b""))
}

/// String: who enforces retention, for as long as it lives.
#[must_use]
pub fn retention_lease() -> Vec<u8> {
    b"{replydesk}:retention".to_vec()
}

/// String: the append-only file was rewritten for an erasure within the hour.
#[must_use]
pub fn log_rewritten() -> Vec<u8> {
    b"{replydesk}:rewritten".to_vec()
}

/// String: how many erasures wait for a rewrite of the append-only file.
#[must_use]
pub fn log_rewrite_due() -> Vec<u8> {
    b"{replydesk}:rewrite".to_vec()
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

/// What [`access_key`] keys start with, for scripts that learn ids on their way.
#[must_use]
pub fn access_key_prefix() -> Vec<u8> {
    b"{replydesk}:key:".to_vec()
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
