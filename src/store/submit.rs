//! The one write of a submission: the typed twin of `submit.lua`.

use std::time::Duration;

use crate::{
    comment::{
        bulk::WaveDecision,
        contact::SealedContact,
        ids::{CommentId, KeyedHash, SiteId},
        lane::Lane,
        limits::{LimitName, Limits},
        observed::{Fingerprints, SeenVersions},
        state::{Outcome, Timestamp},
        stored::{CommentContent, StoredComment, ThreadDetails},
        thread::ClosedBy,
    },
    store::{
        bulk,
        connection::Store,
        error::StoreError,
        events, keys, observe, record,
        reply::{Reply, id_bytes, unexpected},
        script::{Script, ScriptCall},
    },
};

static SUBMIT: Script = Script::new("submit.lua", include_str!("scripts/submit.lua"));

/// What is to be stored, and what must still be true for it.
pub struct NewComment<'a> {
    /// For which site.
    pub site: &'a SiteId,
    /// Its name.
    pub id: CommentId,
    /// A keyed digest of what was sent.
    pub digest: [u8; 8],
    /// What policy decided.
    pub outcome: Outcome,
    /// What was said, by whom, and how it was judged.
    pub content: &'a CommentContent,
    /// What is known of the article; kept for moderators.
    pub thread: &'a ThreadDetails,
    /// The contact data's data key.
    pub contact: Option<NewContact<'a>>,
    /// What it is recognised by.
    pub prints: &'a Fingerprints,
    /// The words said below the article with this comment's, if they should be kept.
    pub thread_words: Option<&'a [u8]>,
    /// What was seen to be decided of its wave.
    pub wave_decision: Option<&'a WaveDecision>,
    /// The site's limits.
    pub limits: &'a Limits,
    /// After how long a thread closes by age; `None`: never.
    pub close_threads_after: Option<Duration>,
    /// What was seen of the standings besides the author's, as `observe` told: a mark for each subject.
    pub subject_marks: &'a [u8],
    /// Hashes in whose place an author's name was taken, with that name: while they are its aliases.
    pub named: &'a [(KeyedHash, KeyedHash)],
    /// The versions that it was judged at; `None`: store it whatever has changed.
    pub judged_at: Option<SeenVersions>,
    /// How long after its arrival it is due in the queue; `None`: not queued.
    pub due_in: Option<Duration>,
    /// Check everything, and write nothing.
    pub only_check: bool,
}

/// Contact data that comes with a comment.
#[derive(Debug, Clone, Copy)]
pub struct NewContact<'a> {
    /// As this replica sealed it.
    pub sealed: &'a SealedContact,
    /// Until when, by Redis's clock, it may be stored.
    pub until: Timestamp,
}

/// What became of a submission in the store.
#[derive(Debug)]
pub enum Stored {
    /// It is stored (or, if only checked, would have been).
    Admitted {
        /// When.
        at: Timestamp,
    },
    /// The same was stored under this name before.
    Known(Box<StoredComment>),
    /// Another content was stored under this name before.
    IdReused,
    /// This name's comment was erased.
    Erased,
    /// What it was judged by has changed.
    Stale {
        /// The versions now; the policy's tells that the cached one has passed.
        versions: SeenVersions,
    },
    /// The thread takes no comments.
    ThreadClosed {
        /// Who or what closed it.
        by: ClosedBy,
    },
    /// The author said the same here within 24 h.
    Duplicate {
        /// What was said first.
        of: CommentId,
    },
    /// A limit is used up; nothing was charged.
    Refused {
        /// The one with the longest wait.
        limit: LimitName,
        /// How long to wait.
        retry_after: Duration,
    },
    /// It comes with contact data, and this replica may store none that it seals any more: see
    /// [`SealLease`](crate::store::seal_lease::SealLease).
    SealLapsed,
    /// The site is gone.
    NoSite,
}

impl Store {
    /// Stores a submission, or says why not: atomic, and durable when it returns.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be stored, and the same call again will tell.
    pub async fn submit(&self, new: &NewComment<'_>) -> Result<Stored, StoreError> {
        let reply: Reply = self.call(&SUBMIT, &script_call(new)).await?;
        Ok(match reply.word()?.as_str() {
            "ADMITTED" => Stored::Admitted {
                at: Timestamp(reply.get(1)?),
            },
            "KNOWN" => Stored::Known(Box::new(record::decode(new.id, &reply.get::<Vec<u8>>(1)?)?)),
            "CONFLICT" => Stored::IdReused,
            "ERASED" => Stored::Erased,
            "STALE" => Stored::Stale {
                versions: SeenVersions {
                    policy: reply.get(1)?,
                    thread: reply.get(2)?,
                    author: reply.get(4)?,
                },
            },
            "CLOSED" => Stored::ThreadClosed {
                by: ClosedBy::from_word(&reply.get::<String>(1)?).ok_or_else(unexpected)?,
            },
            "DUPLICATE" => Stored::Duplicate {
                of: CommentId::from_bytes(id_bytes(&reply.get::<Vec<u8>>(1)?)?),
            },
            "REFUSED" => Stored::Refused {
                limit: *LimitName::ALL
                    .get(reply.get::<usize>(1)?.wrapping_sub(1))
                    .ok_or_else(unexpected)?,
                retry_after: Duration::from_micros(reply.get(2)?),
            },
            "LAPSED" => Stored::SealLapsed,
            "NO_SITE" => Stored::NoSite,
            _ => return Err(unexpected()),
        })
    }
}

fn script_call(new: &NewComment<'_>) -> ScriptCall {
    let (site, prints) = (new.site, new.prints);
    let thread = &new.content.thread;
    let state = new.outcome.state();
    let none = || keys::site(site);
    let record = record::encode_content(new.content);
    let mut call = ScriptCall::with_capacity(32, 1_024, 1_024 + record.len())
        .key(keys::comment(site, &new.id))
        .key(keys::site(site))
        .key(keys::thread(site, thread))
        .key(keys::counters(site))
        .key(keys::events(site))
        .key(keys::lane(site, Lane::Review))
        .key(keys::index(site, state, None))
        .key(keys::index(site, state, Some(thread)))
        .key(
            prints
                .author
                .map_or_else(none, |author| keys::author(site, &author)),
        )
        .key(
            prints
                .said
                .map_or_else(none, |said| keys::duplicate(site, &said)),
        )
        .key(
            new.contact
                .map_or_else(none, |new| keys::data_key(site, new.sealed.data_key_id)),
        )
        .key(
            prints
                .author
                .map_or_else(none, |author| keys::author_rate(site, &author)),
        )
        .key(prints.ip.map_or_else(none, |ip| keys::ip_rate(site, &ip)));
    let (sketch, hosts) = (
        observe::sketch_keys(site, prints),
        observe::host_keys(site, prints),
    );
    let subjects = observe::subjects(prints).map(|subject| keys::standing(site, &subject));
    // An alias is compared as a standing is: by its first eight bytes.
    let aliases = new
        .named
        .iter()
        .map(|(hash, _)| keys::author_alias(site, hash));
    for key in sketch.chain(subjects).chain(aliases).chain(hosts) {
        call = call.key(key);
    }
    call = call
        .key(
            prints
                .email
                .map_or_else(none, |email| keys::email_accounts(site, &email)),
        )
        .key(
            prints
                .author
                .map_or_else(none, |author| keys::author_comments(site, &author)),
        );
    with_arguments(call, new, &record)
}

/// What was seen of standings and of aliases.
fn marks(new: &NewComment<'_>) -> Vec<u8> {
    let names = new.named.iter().flat_map(|(_, name)| &name.as_bytes()[..8]);
    new.subject_marks.iter().chain(names).copied().collect()
}

fn with_arguments(call: ScriptCall, new: &NewComment<'_>, record: &[u8]) -> ScriptCall {
    let thread = &new.content.thread;
    let versions = new.judged_at.unwrap_or_default();
    call.arg(&new.id.as_bytes()[..])
        .arg(&new.digest[..])
        .arg(new.outcome.state().number())
        .arg(new.outcome as u8)
        .arg(record)
        .arg(versions.policy)
        .arg(versions.thread)
        .arg(versions.author)
        .arg(if new.judged_at.is_some() { "1" } else { "" })
        .arg(if new.only_check { "" } else { "1" })
        .arg(
            new.due_in
                .map(|due| due.as_millis().to_string())
                .unwrap_or_default(),
        )
        .arg(events::random_bits())
        .arg(events::submitted_details(
            thread,
            new.outcome,
            &new.content.reasons,
        ))
        .arg(
            new.contact
                .map_or(&[][..], |new| &new.sealed.wrapped_data_key[..]),
        )
        .arg(&new.thread.title)
        .arg(&new.thread.url)
        .arg(&new.thread.language)
        .arg(new.site.as_str())
        .arg(&packed(new.limits, new.close_threads_after)[..])
        .arg(new.prints.sketch.len())
        .arg(keys::wave_prefix(new.site))
        .arg(new.thread_words.unwrap_or_default())
        .arg(marks(new))
        .arg(keys::wave_decision_prefix(new.site))
        .arg(
            new.wave_decision
                .map(bulk::wave_decision_bytes)
                .unwrap_or_default(),
        )
        .arg(
            new.contact
                .map(|contact| contact.until.0.to_string())
                .unwrap_or_default(),
        )
        .arg(keys::statistics_prefix(new.site))
}

/// Interval in microseconds and burst of each limit, and after how many milliseconds threads close, in one argument:
/// Redis makes a Lua string of each that comes.
fn packed(limits: &Limits, close_threads_after: Option<Duration>) -> [u8; 72] {
    let each = [limits.author, limits.ip_address, limits.thread, limits.site];
    let numbers = each.map(|limit| {
        // An interval is a minute at most.
        let micros = u32::try_from(limit.interval().as_micros()).unwrap_or(u32::MAX);
        [f64::from(micros), f64::from(limit.burst())]
    });
    let close_after = close_threads_after.map_or(0.0, |after| after.as_secs_f64() * 1e3);
    let numbers = numbers.as_flattened().iter().chain([&close_after]);
    let mut packed = [0; 72];
    for (place, number) in packed.as_chunks_mut::<8>().0.iter_mut().zip(numbers) {
        *place = number.to_le_bytes();
    }
    packed
}
