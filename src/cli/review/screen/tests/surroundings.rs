//! What surrounds the example.

use super::*;
use crate::proto::v1::{
    Appeal, AuditAction, AuthorComment, AuthorDetails, AuthorNote, Deed, EarlierVersion,
    NearbyComment, Report, Reports, Standing, SubjectKind, SubjectStanding, WaveMember,
    reports::ReasonCount,
};

fn at(seconds_ago: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp {
        seconds: SUBMITTED + 720 - seconds_ago,
        nanos: 0,
    })
}

/// One of a wave.
pub fn member(n: i64, state: CommentState) -> WaveMember {
    WaveMember {
        comment_id: n.to_string(),
        state: state.into(),
        display_name: format!("Reader {n}"),
        excerpt: "My cousin makes 70 dollars an hour \u{1b}[31mat home on her laptop, go and see"
            .to_owned(),
        submitted_at: at(n * 100),
        ..WaveMember::default()
    }
}

fn nearby(name: &str, excerpt: &str) -> NearbyComment {
    NearbyComment {
        state: CommentState::Approved.into(),
        display_name: name.to_owned(),
        excerpt: excerpt.to_owned(),
        submitted_at: at(1_800),
        ..NearbyComment::default()
    }
}

fn author() -> AuthorDetails {
    AuthorDetails {
        standing: Some(SubjectStanding {
            kind: SubjectKind::Author.into(),
            standing: Standing::Held.into(),
            moderator: "mira".to_owned(),
            reason: "insults".to_owned(),
            strikes: 2,
            ..SubjectStanding::default()
        }),
        notes: vec![AuthorNote {
            note: "was warned by mail".to_owned(),
            moderator: "mira".to_owned(),
            noted_at: at(86_400),
        }],
        comments: vec![AuthorComment {
            comment_id: "z".to_owned(),
            state: CommentState::Rejected.into(),
            excerpt: "You are all\nfools".to_owned(),
            submitted_at: at(90_000),
            ..AuthorComment::default()
        }],
        others: Vec::new(),
    }
}

fn deeds() -> Vec<Deed> {
    let deed = |action: AuditAction, verdict: Verdict, note: &str| Deed {
        action: action.into(),
        verdict: verdict.into(),
        at: at(3_600),
        actor: "mira".to_owned(),
        note: note.to_owned(),
        ..Deed::default()
    };
    vec![
        deed(AuditAction::Noted, Verdict::Unspecified, "asked the desk"),
        deed(AuditAction::Decided, Verdict::Approve, ""),
        deed(AuditAction::Undone, Verdict::Approve, ""),
    ]
}

/// All of it.
pub fn surroundings() -> ReviewContext {
    let part = |feature: &str, weight| Contribution {
        feature: feature.to_owned(),
        weight,
    };
    ReviewContext {
        author_history: Some(AuthorHistory {
            first_seen_at: at(86_400 * 40),
            ..AuthorHistory::default()
        }),
        thread_counts: Some(ThreadCounts {
            pending: 2,
            approved: 31,
            rejected: 0,
            spam: 4,
        }),
        score_now: Some(Score {
            spam_probability: 0.934,
            contributions: vec![part("near_duplicates", 3.1), part("author_approved", -1.4)],
            model: "1f0c2a77".to_owned(),
        }),
        signals: vec![SeenSignal {
            name: "near_duplicates".to_owned(),
            value: 2.08,
        }],
        wave: Some(Wave {
            wave_id: "4711".to_owned(),
            size: 7,
            members: vec![
                member(1, CommentState::Spam),
                member(20, CommentState::Pending),
            ],
        }),
        author: Some(author()),
        parent: Some(nearby("Ben", "Why does the line need two years?")),
        after: vec![nearby("Cleo", "I agree with Ada.")],
        deeds: deeds(),
        reports: Some(Reports {
            readers: 3,
            reasons: vec![
                ReasonCount {
                    reason: "hate".to_owned(),
                    readers: 2,
                },
                ReasonCount {
                    reason: "off-topic".to_owned(),
                    readers: 1,
                },
            ],
            newest: vec![Report {
                reason: "hate".to_owned(),
                text: "look at the second\u{1b}[2J line".to_owned(),
                reported_at: at(60),
            }],
            ..Reports::default()
        }),
        earlier_versions: vec![EarlierVersion {
            last_version: 1,
            body: "What it said\nat first.".to_owned(),
            replaced_at: at(600),
            ..EarlierVersion::default()
        }],
        appeal: Some(Appeal {
            text: "I insulted nobody.".to_owned(),
            appealed_at: at(300),
            ..Appeal::default()
        }),
        ..ReviewContext::default()
    }
}
