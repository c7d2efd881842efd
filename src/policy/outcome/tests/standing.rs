//! What a moderator said of an author, an address, a domain or a website: every line is one comment.

use Standing::{Banned, Held, Normal, Trusted};
use SubjectKind::{IpAddress, LinkDomain, Website};

use super::*;

type Line = (
    &'static str,
    Standing,
    Option<(Standing, SubjectKind)>,
    f64,
    &'static str,
    &'static str,
);

const PRE: &str = "mode = 'pre'";
const POST: &str = "mode = 'post'";
const AUTO: &str = "mode = 'automatic'";

/// Mode, author, what else stands so, probability, text, outcome.
#[rustfmt::skip]
const TABLE: &[Line] = &[
    (AUTO, Banned, None, 0.0, "", "Rejected AuthorBanned() -"),
    (PRE, Banned, None, 0.0, "", "Rejected AuthorBanned() -"),
    (POST, Banned, None, 1.0, "forbidden fruit", "Rejected AuthorBanned() -"),
    (AUTO, Banned, Some((Held, IpAddress)), 0.0, "", "Rejected AuthorBanned() -"),
    (AUTO, Trusted, Some((Banned, IpAddress)), 0.0, "", "Rejected AuthorBanned(ip_address) -"),
    (AUTO, Normal, Some((Banned, LinkDomain)), 0.0, "", "Rejected AuthorBanned(link_domain) -"),
    (AUTO, Held, None, 0.0, "", "Pending AuthorHeld() queued"),
    (POST, Held, None, 0.0, "", "Pending AuthorHeld() queued"),
    (PRE, Held, None, 0.0, "", "Pending PreModeration() AuthorHeld() queued"),
    (AUTO, Held, None, 0.0, "casino", "Pending AuthorHeld() HeldWord(Casino) queued"),
    (AUTO, Held, None, 0.0, "forbidden fruit", "Rejected RejectedWord(Forbidden fruit) -"),
    (AUTO, Held, None, 0.97, "", "Spam ScoreHigh(0.97) -"),
    (AUTO, Trusted, Some((Held, IpAddress)), 0.0, "", "Pending AuthorHeld(ip_address) queued"),
    (AUTO, Normal, Some((Held, Website)), 0.0, "", "Pending AuthorHeld(website) queued"),
    (AUTO, Trusted, None, 0.1, "", "Approved AuthorTrusted(0.10) -"),
    (AUTO, Trusted, None, 0.94, "", "Approved AuthorTrusted(0.94) -"),
    (AUTO, Trusted, None, 0.95, "", "Spam ScoreHigh(0.95) -"),
    (AUTO, Trusted, None, 0.1, "casino", "Pending HeldWord(Casino) queued"),
    (AUTO, Trusted, None, 0.1, "forbidden fruit", "Rejected RejectedWord(Forbidden fruit) -"),
    (POST, Trusted, None, 0.5, "", "Approved PostModeration() queued"),
    (PRE, Trusted, None, 0.0, "", "Pending PreModeration() queued"),
];

#[test]
fn a_standing_counts_as_written() {
    for (mode, author, other, probability, text, expected) in TABLE {
        let facts = Facts {
            standings: Standings {
                author: *author,
                other: *other,
            },
            ..facts(*probability, text)
        };
        let decided = policy(mode).decide(&facts);
        let line = format!("{mode} {author:?} {other:?} {probability} {text:?}");
        assert_eq!(shown(&decided), *expected, "{line}");
    }
}

#[test]
fn a_trusted_author_is_no_newcomer_and_may_link() {
    let facts = Facts {
        links: 9,
        standings: Standings {
            author: Trusted,
            other: None,
        },
        ..facts(0.5, "")
    };
    for (draw, expected) in [
        (NEVER, "Approved AuthorTrusted(0.50) -"),
        (0.0, "Approved AuthorTrusted(0.50) Sampled() queued"),
    ] {
        let decided = policy("hold_first_comment = true").decide(&Facts { draw, ..facts });
        assert_eq!(shown(&decided), expected);
    }
}
