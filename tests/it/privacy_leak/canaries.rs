//! Made-up contact data that must never be seen again: each is planted once, and remembered with its place.

use std::{
    fmt::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
    sync::{Mutex, MutexGuard},
};

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use super::search::Search;

/// What a canary looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Email,
    Ip,
    UserAgent,
}

/// One value that nobody but the privacy officer may see, and nothing else contains.
#[derive(Debug, Clone)]
pub struct Canary {
    pub kind: Kind,
    pub text: String,
    /// Where it was planted.
    pub place: String,
    /// Every form in which it would give somebody away, and what that form is called.
    pub traces: Vec<(&'static str, Vec<u8>)>,
}

impl fmt::Display for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} planted in {}", self.kind, self.place)
    }
}

/// All that were planted.
#[derive(Default)]
pub struct Aviary(Mutex<Vec<Canary>>);

/// One reader's contact data.
#[derive(Debug, Clone)]
pub struct Reader {
    pub email: String,
    pub ip: String,
    pub user_agent: String,
}

impl Aviary {
    /// A fresh e-mail address for a place. Every third is spelt as a provider of note lets people spell theirs.
    pub fn email(&self, place: impl Into<String>) -> String {
        self.plant(place.into(), Kind::Email, |n, digest, traces| {
            let (local, domain) = (word(&digest[..6]), word(&digest[6..12]));
            if !n.is_multiple_of(3) {
                encoded(traces, &local);
                encoded(traces, &domain);
                return format!("{local}@{domain}.example");
            }
            let typed = format!("{}.{}", local[..6].to_uppercase(), &local[6..]);
            for spelling in [&typed, &typed.to_lowercase(), &local, &domain] {
                encoded(traces, spelling);
            }
            format!("{typed}+{domain}@gmail.com")
        })
    }

    /// A fresh IP address for a place: two of three are of version 6, which chance does not hit.
    pub fn ip(&self, place: impl Into<String>) -> String {
        self.plant(place.into(), Kind::Ip, |n, digest, traces| {
            if n.is_multiple_of(3) {
                let [.., high, low] = u32::try_from(n).unwrap().to_be_bytes();
                let ip = Ipv4Addr::new(198, 18, high, low);
                traces.push(("mapped", format!("c612:{high:02x}{low:02x}").into_bytes()));
                encoded(traces, &ip.to_string());
                return ip.to_string();
            }
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&[0x20, 0x01, 0x0D, 0xB8]);
            bytes[4..].copy_from_slice(&digest[..12]);
            let ip = Ipv6Addr::from(bytes);
            encoded(traces, &ip.to_string());
            traces.push(("written out", expanded(ip).into_bytes()));
            // The network alone already names a subscriber.
            traces.push(("raw", bytes[..8].to_vec()));
            let hex = HEXLOWER.encode(&bytes[..8]);
            traces.push(("hexadecimal", hex.into_bytes()));
            ip.to_string()
        })
    }

    /// A fresh browser for a place.
    pub fn user_agent(&self, place: impl Into<String>) -> String {
        self.plant(place.into(), Kind::UserAgent, |_, digest, traces| {
            let browser = word(&digest[..6]);
            encoded(traces, &browser);
            format!("Mozilla/5.0 ({browser})")
        })
    }

    /// One of each.
    pub fn reader(&self, place: &str) -> Reader {
        Reader {
            email: self.email(place),
            ip: self.ip(place),
            user_agent: self.user_agent(place),
        }
    }

    /// Looks for all that were planted so far.
    pub fn search(&self) -> Search {
        Search::of(self.all().clone())
    }

    fn plant(
        &self,
        place: String,
        kind: Kind,
        make: impl FnOnce(usize, &[u8], &mut Vec<(&'static str, Vec<u8>)>) -> String,
    ) -> String {
        let mut all = self.all();
        let digest = Sha256::digest(format!("canary {}", all.len()));
        let mut traces = Vec::new();
        let text = make(all.len(), &digest, &mut traces);
        all.push(Canary {
            kind,
            text: text.clone(),
            place,
            traces,
        });
        text
    }

    fn all(&self) -> MutexGuard<'_, Vec<Canary>> {
        self.0.lock().unwrap()
    }
}

fn word(digest: &[u8]) -> String {
    format!("k{}", HEXLOWER.encode(digest))
}

/// A text as it is, and as others would write it. Case does not matter; percent signs stand around a word, not in it.
fn encoded(traces: &mut Vec<(&'static str, Vec<u8>)>, text: &str) {
    traces.push(("plain", text.as_bytes().to_vec()));
    traces.push(("hexadecimal", HEXLOWER.encode(text.as_bytes()).into_bytes()));
    // Base64, wherever the text begins in a group of three; cut where its neighbours have a say.
    for before in 0..3 {
        let padded = [&b"..."[..before], text.as_bytes()].concat();
        let encoded = BASE64.encode(&padded);
        let inner = encoded.as_bytes()[4..encoded.len() - 4].to_vec();
        traces.push(("base64", inner));
    }
}

fn expanded(ip: Ipv6Addr) -> String {
    let mut text = String::new();
    for segment in ip.segments() {
        let colon = if text.is_empty() { "" } else { ":" };
        write!(text, "{colon}{segment:04x}").unwrap();
    }
    text
}
