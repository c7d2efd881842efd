//! How subjects stand: the typed twin of `set_standing.lua`, and what it wrote.
//!
//! An author's standing is in the author's hash, which each submission reads anyway. That of an IP address, a domain or a
//! website is a string: a mark (8 bytes that change with standing, end and reason), when it was set (8 bytes, milliseconds),
//! the whole in words behind its length (2 bytes), then a `StandingRecord`. Redis drops it when it ends.

use prost::Message;
use sha2::{Digest, Sha256};

use crate::{
    comment::{
        audit::Actor,
        ids::{CommentId, SiteId},
        standing::Standing,
        state::Timestamp,
        subject::{SetStanding, Subject, SubjectKind, SubjectNames},
    },
    proto::store::{AuditRecord, StandingRecord},
    store::{
        audit,
        connection::Store,
        error::StoreError,
        events, keys,
        reply::{Reply, unexpected},
        script::{Script, ScriptCall, audited_script},
    },
};

static SET_STANDING: Script = audited_script!("set_standing.lua", "names.lua");

/// The most standings of a site that are in force: a list that people can still go through.
pub const MOST_STANDINGS: u32 = 100_000;

pub(in crate::store) const UNREADABLE: StoreError = StoreError::Corrupt { what: "a standing" };

/// The fields of an author's hash that say how they stand.
const FIELDS: [&str; 8] = ["v", "st", "su", "sr", "sb", "sa", "sc", "sk"];

/// What a moderator says of a subject.
pub struct NewStanding<'a> {
    /// On which site.
    pub site: &'a SiteId,
    /// Of whom or what; an author has one name.
    pub subject: SubjectNames,
    /// How it stands from now on.
    pub standing: Standing,
    /// Until when; `None` for good.
    pub until: Option<Timestamp>,
    /// Why; at most 200 characters.
    pub reason: &'a str,
    /// Who says so.
    pub actor: &'a Actor,
    /// Standing, end and reason in words, for the audit log; at most 16 KB.
    pub words: &'a str,
    /// The comment that named the subject.
    pub named_by: Option<CommentId>,
    /// The domain or the website; empty for authors and IP addresses.
    pub shown: &'a str,
    /// Whether that comment brings its author a strike; each comment does so once.
    pub add_strike: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingSet {
    /// It is so, now or since before.
    Done {
        /// Whether this call changed the standing.
        changed: bool,
    },
    /// The site has [`MOST_STANDINGS`] already.
    Full,
    /// The site is gone.
    NoSite,
}

/// How a subject stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// Of whom or what.
    pub subject: Subject,
    /// What was last set, also if it has ended or was lifted; `None` where nothing ever was, or nothing is kept.
    pub set: Option<SetStanding>,
    /// Rises with each change of an author's standing; 0 for other subjects.
    pub version: u32,
    /// An author's strikes.
    pub strikes: u32,
    /// Redis's time at the read.
    pub now: Timestamp,
}

impl Stands {
    /// What counts now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let set = self.set.as_ref();
        set.map_or(Standing::Normal, |set| set.at(self.now))
    }
}

impl Store {
    /// Sets how a subject stands: atomic, durable when it returns, and safe to repeat.
    ///
    /// # Errors
    /// As [`StoreError`] says; after `Away` and `TimedOut` it may be set, and the same call again will tell.
    pub async fn set_standing(&self, new: &NewStanding<'_>) -> Result<StandingSet, StoreError> {
        let reply: Reply = self.call(&SET_STANDING, &script_call(new)).await?;
        match reply.word()?.as_str() {
            "SET" => Ok(StandingSet::Done {
                changed: reply.get::<u8>(1)? == 1,
            }),
            "FULL" => Ok(StandingSet::Full),
            "NO_SITE" => Ok(StandingSet::NoSite),
            _ => Err(unexpected()),
        }
    }

    /// How some subjects stand, in the same order. One round trip.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn standings(
        &self,
        site: &SiteId,
        subjects: &[Subject],
    ) -> Result<Vec<Stands>, StoreError> {
        let mut pipe = redis::Pipeline::with_capacity(subjects.len() + 1);
        pipe.cmd("TIME");
        for subject in subjects {
            let key = keys::standing(site, subject);
            match subject {
                Subject::Author(_) => pipe.cmd("HMGET").arg(key).arg(&FIELDS),
                Subject::IpAddress(_) | Subject::LinkDomain(_) | Subject::Website(_) => {
                    pipe.cmd("MGET").arg(key)
                }
            };
        }
        let found: Vec<redis::Value> = self.pipeline(&pipe).await?;
        let (time, found) = found.split_first().ok_or(UNREADABLE)?;
        let time: (i64, i64) = redis::from_redis_value_ref(time).map_err(|_| UNREADABLE)?;
        let now = Timestamp(time.0 * 1_000 + time.1 / 1_000);
        let read = |(subject, fields): (&Subject, &redis::Value)| {
            let fields: Vec<Option<Vec<u8>>> =
                redis::from_redis_value_ref(fields).map_err(|_| UNREADABLE)?;
            stands(*subject, &fields, now)
        };
        subjects.iter().zip(found).map(read).collect()
    }
}

fn script_call(new: &NewStanding<'_>) -> ScriptCall {
    let (site, subject) = (new.site, &new.subject.first);
    let strikes = match subject {
        Subject::Author(author) => keys::author_strikes(site, author),
        Subject::IpAddress(_) | Subject::LinkDomain(_) | Subject::Website(_) => keys::site(site),
    };
    let comment = new.named_by.map(|id| id.as_bytes().to_vec());
    let comment = comment.unwrap_or_default();
    let record = StandingRecord {
        standing: new.standing.number().into(),
        until: new.until.map_or(0, |until| until.0),
        reason: new.reason.to_owned(),
        moderator: new.actor.label.to_string(),
        comment: comment.clone(),
        shown: new.shown.to_owned(),
    };
    let details = AuditRecord {
        subject: told(subject, new.named_by),
        apart: subject.kind() == SubjectKind::Author,
        ..audit::details_by(new.actor, "")
    };
    ScriptCall::new()
        .key(keys::site(site))
        .key(keys::standing(site, subject))
        .key(keys::standings(site))
        .key(keys::standing_ends(site))
        .key(strikes)
        .key(keys::audit(site))
        .key(keys::counters(site))
        .key(keys::audit_texts(site, b""))
        .key(keys::standing_prefix(site, subject))
        .key(keys::standing_names_prefix(site))
        .arg(subject.to_bytes())
        .arg(new.standing.number())
        .arg(
            new.until
                .map(|until| until.0.to_string())
                .unwrap_or_default(),
        )
        .arg(new.reason)
        .arg(&*new.actor.label)
        .arg(&mark(&record)[..])
        .arg(record.encode_to_vec())
        .arg(comment)
        .arg(if new.add_strike { "1" } else { "" })
        .arg(MOST_STANDINGS)
        .arg(new.words)
        .arg(events::random_bits())
        .arg(details.encode_to_vec())
        .arg(audit::author_reference())
        .arg(
            new.subject
                .other
                .map_or_else(Vec::new, |other| other.hash().to_vec()),
        )
}

/// A subject as the audit log names it. An author is named by the script, and an IP address by the comment that named it: a
/// hash of either would stay in the log for longer than it may.
fn told(subject: &Subject, named_by: Option<CommentId>) -> String {
    match (subject, named_by) {
        (Subject::Author(_), _) => String::new(),
        (Subject::IpAddress(_), Some(comment)) => format!("ip_address of {comment}"),
        (Subject::IpAddress(_), None) => "ip_address".to_owned(),
        (Subject::LinkDomain(_) | Subject::Website(_), _) => {
            format!("{} {subject}", subject.kind().word())
        }
    }
}

/// Tells whether what was said is the same: not who said it, and when.
fn mark(record: &StandingRecord) -> [u8; 8] {
    let said = StandingRecord {
        standing: record.standing,
        until: record.until,
        reason: record.reason.clone(),
        ..StandingRecord::default()
    };
    let digest = Sha256::digest(said.encode_to_vec());
    let mut mark = [0; 8];
    mark.copy_from_slice(&digest[..8]);
    mark
}

/// A string's mark, and what it says.
pub(super) fn decode(value: &[u8]) -> Result<([u8; 8], SetStanding), StoreError> {
    let (mark, rest) = value.split_first_chunk::<8>().ok_or(UNREADABLE)?;
    let (set_at, rest) = rest.split_first_chunk::<8>().ok_or(UNREADABLE)?;
    let (words, rest) = rest.split_first_chunk::<2>().ok_or(UNREADABLE)?;
    let words = usize::from(u16::from_le_bytes(*words));
    let record = rest.get(words..).ok_or(UNREADABLE)?;
    let record = StandingRecord::decode(record).map_err(|_| UNREADABLE)?;
    let standing = u8::try_from(record.standing).ok();
    let set = SetStanding {
        standing: standing.and_then(Standing::from_number).ok_or(UNREADABLE)?,
        until: (record.until != 0).then_some(Timestamp(record.until)),
        reason: record.reason,
        moderator: record.moderator,
        set_at: Timestamp(i64::from_le_bytes(*set_at)),
        named_by: comment_of(&record.comment),
        shown: record.shown,
    };
    Ok((*mark, set))
}

fn comment_of(bytes: &[u8]) -> Option<CommentId> {
    bytes.try_into().ok().map(CommentId::from_bytes)
}

fn stands(
    subject: Subject,
    fields: &[Option<Vec<u8>>],
    now: Timestamp,
) -> Result<Stands, StoreError> {
    let nothing = Stands {
        subject,
        set: None,
        version: 0,
        strikes: 0,
        now,
    };
    if subject.kind() != SubjectKind::Author {
        let value = fields.first().and_then(Option::as_deref);
        let set = value.map(decode).transpose()?.map(|(_, set)| set);
        return Ok(Stands { set, ..nothing });
    }
    let text = |at: usize| {
        let field = fields.get(at).and_then(Option::as_deref);
        field.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let number = |at: usize| text(at).and_then(|text| text.parse::<i64>().ok());
    let standing = number(1).and_then(|number| Standing::from_number(u8::try_from(number).ok()?));
    let set = number(5).map(|set_at| SetStanding {
        standing: standing.unwrap_or_default(),
        until: number(2).map(Timestamp),
        reason: text(3).unwrap_or_default(),
        moderator: text(4).unwrap_or_default(),
        set_at: Timestamp(set_at),
        named_by: fields.get(6).and_then(|id| comment_of(id.as_deref()?)),
        shown: String::new(),
    });
    let whole = |at: usize| number(at).and_then(|number| u32::try_from(number).ok());
    Ok(Stands {
        set,
        version: whole(0).unwrap_or(0),
        strikes: whole(7).unwrap_or(0),
        ..nothing
    })
}
