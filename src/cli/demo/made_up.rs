//! What the data does not have: addresses of readers and articles. All made up, all from ranges that are reserved for
//! examples: domains by RFC 2606 and RFC 6761, IPv4 by RFC 5737, IPv6 by RFC 3849. The same line always gets the same.

use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::{
    cli::clock,
    comment::ids::CommentId,
    proto::v1::{AuthorInput, SubmitCommentRequest, Thread, Transport, Verdict},
};

use super::input::Entry;

const DOMAINS: [&str; 4] = ["example.com", "example.org", "example.net", "readers.test"];

const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
];

/// A comment ready to be sent, with what its moderator will say.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Its name in the file.
    pub entry_id: String,
    /// The file's name of the line that it answers.
    pub parent: Option<String>,
    /// `spam`, `ham`, or nothing.
    pub label: Option<String>,
    /// What the demo's moderator says, if the data tells.
    pub verdict: Option<Verdict>,
    /// The call; its `parent_id` is filled in when it is sent.
    pub request: SubmitCommentRequest,
}

/// Fills in what a blog would know.
#[must_use]
pub fn prepare(site: &str, entry: Entry, now: SystemTime) -> Prepared {
    let verdict = verdict(&entry);
    let person = entry.author.clone().unwrap_or_else(|| entry.id.clone());
    let digits = Digits::of(&person);
    let request = SubmitCommentRequest {
        site: site.to_owned(),
        comment_id: CommentId::fresh().to_string(),
        parent_id: String::new(),
        thread: Some(thread(&entry)),
        author: Some(AuthorInput {
            display_name: entry
                .author
                .unwrap_or_else(|| format!("Reader {}", digits.number(0) % 10_000)),
            email: entry.email.unwrap_or_else(|| digits.email()),
            website: entry.website.unwrap_or_default(),
            account_id: entry.account.unwrap_or_default(),
        }),
        body: entry.text,
        transport: Some(Transport {
            ip_address: entry.ip.unwrap_or_else(|| digits.ip()),
            user_agent: BROWSERS[digits.number(2) % BROWSERS.len()].to_owned(),
            referrer: String::new(),
            honeypot: entry.honeypot.unwrap_or_default(),
            form_opened_at: Some(opened(entry.seconds_to_submit, &digits, now)),
        }),
        validate_only: false,
    };
    Prepared {
        entry_id: entry.id,
        parent: entry.parent,
        label: entry.label,
        verdict,
        request,
    }
}

/// The line's own verdict before its label's.
fn verdict(entry: &Entry) -> Option<Verdict> {
    match entry.verdict.as_deref().or(entry.label.as_deref()) {
        Some("approve" | "ham") => Some(Verdict::Approve),
        Some("reject") => Some(Verdict::Reject),
        Some("spam") => Some(Verdict::Spam),
        Some(_) | None => None,
    }
}

fn opened(seconds: Option<u32>, digits: &Digits, now: SystemTime) -> prost_types::Timestamp {
    let made_up = 20 + u64::try_from(digits.number(4) % 160).unwrap_or(0);
    let seconds = seconds.map_or(made_up, u64::from);
    let opened = now.checked_sub(Duration::from_secs(seconds));
    clock::to_proto(opened.unwrap_or(now))
}

/// Where `thread` is an address, its last part is the article's name, as blogs do it.
fn thread(entry: &Entry) -> Thread {
    let given = entry.thread.clone().unwrap_or_else(|| "article".to_owned());
    let is_address = given.starts_with("http://") || given.starts_with("https://");
    let last_part = given
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let name = if is_address && !last_part.is_empty() {
        last_part
    } else {
        &given
    };
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let thread_id = at_most_200_bytes(&name);
    let slug: String = thread_id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    Thread {
        url: if is_address {
            given
        } else {
            format!("https://news.example/{slug}")
        },
        title: entry
            .title
            .clone()
            .unwrap_or_default()
            .chars()
            .take(500)
            .collect(),
        language: entry.lang.clone().unwrap_or_default(),
        thread_id,
    }
}

fn at_most_200_bytes(name: &str) -> String {
    let mut end = name.len().min(200);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = name[..end].trim();
    if name.is_empty() {
        "article".to_owned()
    } else {
        name.to_owned()
    }
}

/// Numbers that look random but always come out the same for the same person.
struct Digits([u8; 32]);

impl Digits {
    fn of(person: &str) -> Self {
        Self(Sha256::digest(person.as_bytes()).into())
    }

    fn number(&self, at: usize) -> usize {
        usize::from(u16::from_be_bytes([self.0[at], self.0[at + 1]]))
    }

    fn email(&self) -> String {
        let name = data_encoding::HEXLOWER.encode(&self.0[..6]);
        format!("reader-{name}@{}", DOMAINS[self.number(6) % DOMAINS.len()])
    }

    fn ip(&self) -> String {
        let host = 1 + self.number(8) % 254;
        match self.number(10) % 4 {
            0 => format!("192.0.2.{host}"),
            1 => format!("198.51.100.{host}"),
            2 => format!("203.0.113.{host}"),
            _ => format!(
                "2001:db8:{:x}:{:x}::{host:x}",
                self.number(12),
                self.number(14)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(entry: Entry) -> SubmitCommentRequest {
        prepare("demo", entry, SystemTime::now()).request
    }

    #[test]
    fn contact_fields_are_made_up_from_reserved_ranges_only() {
        for number in 0..300 {
            let request = prepared(Entry {
                id: number.to_string(),
                ..Entry::default()
            });
            let email = request.author.expect("an author").email;
            assert!(
                DOMAINS
                    .iter()
                    .any(|domain| email.ends_with(&format!("@{domain}"))),
                "{email}"
            );
            let ip = request.transport.expect("a transport").ip_address;
            let reserved = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
            assert!(reserved.iter().any(|range| ip.starts_with(range)), "{ip}");
            assert!(ip.parse::<std::net::IpAddr>().is_ok(), "{ip}");
        }
    }

    #[test]
    fn what_the_data_has_is_kept_and_an_empty_address_stays_empty() {
        let entry = Entry {
            email: Some(String::new()),
            ip: Some("192.0.2.9".to_owned()),
            author: Some("Ada".to_owned()),
            ..Entry::default()
        };
        let request = prepared(entry);
        let author = request.author.expect("an author");
        assert_eq!(
            (author.display_name.as_str(), author.email.as_str()),
            ("Ada", "")
        );
        assert_eq!(
            request.transport.expect("a transport").ip_address,
            "192.0.2.9"
        );
    }

    #[test]
    fn an_article_is_named_by_its_address_or_gets_one() {
        let table = [
            (
                Some("https://paper.example/opinion/a-long-title/article42/"),
                "article42",
                "https://paper.example/opinion/a-long-title/article42/",
            ),
            (
                Some("Word clouds in Python"),
                "Word clouds in Python",
                "https://news.example/word-clouds-in-python",
            ),
            (None, "article", "https://news.example/article"),
        ];
        for (given, name, url) in table {
            let thread = thread(&Entry {
                thread: given.map(str::to_owned),
                ..Entry::default()
            });
            assert_eq!(
                (thread.thread_id.as_str(), thread.url.as_str()),
                (name, url)
            );
        }
        assert_eq!(at_most_200_bytes(&"ä".repeat(150)).len(), 200);
    }

    #[test]
    fn a_line_s_own_verdict_comes_before_its_label() {
        let table = [
            (Some("reject"), Some("ham"), Some(Verdict::Reject)),
            (None, Some("ham"), Some(Verdict::Approve)),
            (None, Some("spam"), Some(Verdict::Spam)),
            (None, Some("?"), None),
            (None, None, None),
        ];
        for (own, label, expected) in table {
            let entry = Entry {
                verdict: own.map(str::to_owned),
                label: label.map(str::to_owned),
                ..Entry::default()
            };
            assert_eq!(verdict(&entry), expected);
        }
    }
}
