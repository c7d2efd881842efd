//! One read: what is known around a submission.

use redis::Value;

use crate::{
    comment::{
        bulk::WaveDecision,
        ids::{KeyedHash, SiteId, ThreadId, WaveId},
        limits::{Limit, Limits},
        observed::{Fingerprints, Observed, SeenThread, SeenVersions},
        standing::Standing,
        state::Timestamp,
        subject::{Standings, Subject, SubjectNames, in_force},
    },
    store::{
        connection::Store,
        counts::{AUTHOR_FIELDS, history, saturate},
        error::StoreError,
        keys, standing, threads, waves,
    },
};

/// The mark of what nothing is said of.
const UNSET: [u8; 8] = [0; 8];

type Fields = Vec<Option<Vec<u8>>>;

impl Store {
    /// What is known of a submission's author, thread, rates, links and text, in one round trip; in two for one that says
    /// nearly what others said, since only then it is known which wave it joins. Counters may be one submission behind;
    /// `submit` checks what must be exact.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn observe(
        &self,
        site: &SiteId,
        thread: &ThreadId,
        prints: &Fingerprints,
        limits: &Limits,
        policy_version: u32,
    ) -> Result<Observed, StoreError> {
        let pipe = look_around(site, thread, prints);
        let (time, thread, author, counts): ((i64, i64), Fields, Vec<Option<i64>>, Vec<Value>) =
            self.pipeline(&pipe).await?;

        let micros = time.0 * 1_000_000 + time.1;
        let number = |at: usize| counts.get(at).and_then(as_number).unwrap_or(0.0);
        let field = |at: usize| {
            let bytes = thread.get(at).and_then(Option::as_deref);
            String::from_utf8_lossy(bytes.unwrap_or_default())
        };
        let hosts_at = 2 + prints.sketch.len();
        let subjects_at = hosts_at + prints.link_hosts.len().min(Fingerprints::MAX_LINK_HOSTS);
        let parts: Vec<u64> = (2..hosts_at).map(|at| whole(number(at))).collect();
        let known_author = if prints.author.is_some() {
            author
        } else {
            Vec::new()
        };
        let now = Timestamp(micros / 1_000);
        let values = counts.get(subjects_at..).unwrap_or_default();
        let others = others(prints, values, now)?;
        let wave = waves::of_parts(&parts);
        let wave_decision = self.decision_on(site, wave).await?;
        Ok(Observed {
            wave_decision,
            now,
            standings: Standings {
                author: standing_of_author(&known_author, now),
                ..others.standings
            },
            subject_marks: others.marks,
            known_otherwise: others.known_otherwise,
            versions: SeenVersions {
                policy: policy_version,
                author: known_author.get(7).copied().flatten().map_or(0, saturate),
                thread: field(0).parse().unwrap_or(0),
            },
            history: history(&known_author),
            thread_mode: threads::mode_override(&field(5), &field(6))
                .and_then(|set| set.in_force(now)),
            thread: SeenThread {
                title: field(1).into_owned(),
                language: field(2).into_owned(),
                words: thread.get(3).cloned().flatten().unwrap_or_default(),
            },
            thread_heat: used_up(field(4).parse().unwrap_or(0.0), micros, limits.thread),
            author_recent: recent(number(0), micros, limits.author),
            ip_recent: recent(number(1), micros, limits.ip_address),
            link_host_recent: (hosts_at..subjects_at)
                .map(|at| count(number(at)))
                .max()
                .unwrap_or(0),
            near_duplicates: wave.map_or(0, |(_, size)| size),
        })
    }

    /// What was decided of a wave of this size. A wave of one has been shown to nobody, and so decided by nobody.
    async fn decision_on(
        &self,
        site: &SiteId,
        wave: Option<(WaveId, u32)>,
    ) -> Result<Option<WaveDecision>, StoreError> {
        match wave {
            Some((wave, 2..)) => self.wave_decision(site, wave).await,
            Some((_, 0 | 1)) | None => Ok(None),
        }
    }
}

/// What [`Store::observe`] reads, as one pipeline.
fn look_around(site: &SiteId, thread: &ThreadId, prints: &Fingerprints) -> redis::Pipeline {
    let none = keys::site(site);
    let rate_of = |hash: Option<KeyedHash>, key: fn(&SiteId, &KeyedHash) -> Vec<u8>| {
        hash.map_or_else(|| none.clone(), |hash| key(site, &hash))
    };
    let mut pipe = redis::Pipeline::with_capacity(4);
    pipe.cmd("TIME");
    pipe.cmd("HMGET")
        .arg(keys::thread(site, thread))
        .arg(&["v", "title", "lang", "k", "r", "mo", "mu"]);
    let author = prints
        .author
        .map_or_else(|| none.clone(), |author| keys::author(site, &author));
    pipe.cmd("HMGET").arg(author).arg(&AUTHOR_FIELDS);
    let mut counters = redis::Cmd::with_capacity(16, 512);
    counters
        .arg("MGET")
        .arg(rate_of(prints.author, keys::author_rate))
        .arg(rate_of(prints.ip, keys::ip_rate));
    for key in sketch_keys(site, prints).chain(host_keys(site, prints)) {
        counters.arg(key);
    }
    for subject in subjects(prints) {
        counters.arg(keys::standing(site, &subject));
    }
    pipe.add_command(counters);
    pipe
}

/// The keys of a submission's sketch parts, in their order.
pub(super) fn sketch_keys<'a>(
    site: &'a SiteId,
    prints: &'a Fingerprints,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let parts = prints.sketch.iter().zip(0u8..);
    parts.map(|(part, which)| keys::sketch_part(site, which, *part))
}

/// The keys of its link hosts' counters, in their order.
pub(super) fn host_keys<'a>(
    site: &'a SiteId,
    prints: &'a Fingerprints,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let hosts = prints.link_hosts.iter();
    hosts
        .take(Fingerprints::MAX_LINK_HOSTS)
        .map(|host| keys::link_host(site, host))
}

/// What a standing can be said of besides its author, in the order in which `submit.lua` takes their keys.
pub(super) fn subjects(prints: &Fingerprints) -> impl Iterator<Item = Subject> {
    prints.subjects.iter().flat_map(SubjectNames::iter)
}

fn standing_of_author(fields: &[Option<i64>], now: Timestamp) -> Standing {
    let number = |at: usize| fields.get(at).copied().flatten();
    let set = number(8).and_then(|number| Standing::from_number(u8::try_from(number).ok()?));
    in_force(set.unwrap_or_default(), number(9).map(Timestamp), now)
}

/// The subjects besides the author.
#[derive(Default)]
struct Others {
    standings: Standings,
    marks: Vec<u8>,
    known_otherwise: Vec<(Subject, Subject)>,
}

/// What their values, in the order of their names, say.
fn others(prints: &Fingerprints, values: &[Value], now: Timestamp) -> Result<Others, StoreError> {
    let mut others = Others::default();
    let mut values = values.iter();
    for names in &prints.subjects {
        let mut is_set = [false; 2];
        for (is_set, (subject, value)) in is_set.iter_mut().zip(names.iter().zip(&mut values)) {
            let (mark, standing) = marked(value, now)?;
            others.standings.add(subject.kind(), standing);
            others.marks.extend(mark);
            *is_set = mark != UNSET;
        }
        if let (Some(other), [false, true]) = (names.other, is_set) {
            others.known_otherwise.push((names.first, other));
        }
    }
    Ok(others)
}

/// A subject's mark, and how it stands.
fn marked(value: &Value, now: Timestamp) -> Result<([u8; 8], Standing), StoreError> {
    let Value::BulkString(bytes) = value else {
        return Ok((UNSET, Standing::Normal));
    };
    let (mark, set) = standing::decode(bytes)?;
    Ok((mark, set.at(now)))
}

/// How many submissions a rate still remembers: from its theoretical arrival time.
fn recent(arrival_micros: f64, now_micros: i64, limit: Limit) -> f32 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a signal, not an account"
    )]
    let submissions =
        ((arrival_micros - now_micros as f64) / limit.interval().as_micros() as f64) as f32;
    #[expect(clippy::cast_precision_loss, reason = "at most a million")]
    submissions.clamp(0.0, limit.burst() as f32)
}

/// Which share of a limit is used up.
fn used_up(arrival_micros: f64, now_micros: i64, limit: Limit) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most a million")]
    let burst = limit.burst() as f32;
    recent(arrival_micros, now_micros, limit) / burst
}

fn as_number(value: &Value) -> Option<f64> {
    let Value::BulkString(bytes) = value else {
        return None;
    };
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates"
)]
fn count(number: f64) -> u32 {
    number as u32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "we wrote a whole number below 2^53"
)]
fn whole(number: f64) -> u64 {
    number as u64
}
