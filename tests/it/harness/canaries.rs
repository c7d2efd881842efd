//! Made-up contact data that must never be seen again, and what looks for it.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use aho_corasick::AhoCorasick;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

/// One reader's contact data: nothing in it occurs anywhere else.
pub struct Canary {
    pub email: String,
    pub ip: IpAddr,
    pub user_agent: String,
    /// What is looked for: words of the address, the browser's mark.
    words: [String; 3],
}

impl Canary {
    /// The n-th of at most 65,536.
    pub fn nth(n: usize) -> Self {
        let digest = Sha256::digest(format!("canary {n}"));
        let word = |from: usize| format!("k{}", HEXLOWER.encode(&digest[from..from + 6]));
        let (local, domain, browser) = (word(0), word(6), word(12));
        let [high, low] = u16::try_from(n).unwrap().to_be_bytes();
        let ip: IpAddr = if n.is_multiple_of(2) {
            Ipv4Addr::new(198, 18, high, low).into()
        } else {
            let mut address = [0; 16];
            address[..4].copy_from_slice(&[0x20, 0x01, 0x0D, 0xB8]);
            address[4..].copy_from_slice(&digest[18..30]);
            Ipv6Addr::from(address).into()
        };
        Self {
            email: format!("{local}@{domain}.example"),
            ip,
            user_agent: format!("Mozilla/5.0 ({browser})"),
            words: [local, domain, browser],
        }
    }

    /// Every form in which it would give somebody away.
    fn traces(&self) -> Vec<Vec<u8>> {
        let mut traces = vec![self.ip.to_string().into_bytes()];
        if let IpAddr::V6(ip) = self.ip {
            // The network alone already names a subscriber.
            traces.push(ip.octets()[..8].to_vec());
            traces.push(expanded(ip).into_bytes());
        }
        for word in &self.words {
            traces.push(word.clone().into_bytes());
            traces.push(HEXLOWER.encode(word.as_bytes()).into_bytes());
            // Base64, wherever the word begins in a group of three; cut where its neighbours have a say.
            for before in 0..3 {
                let padded = [&b"..."[..before], word.as_bytes()].concat();
                let encoded = BASE64.encode(&padded);
                traces.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
            }
        }
        traces
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

/// Looks for all canaries at once.
pub struct Search {
    traces: AhoCorasick,
    /// Whose trace each is.
    owners: Vec<usize>,
}

impl Search {
    pub fn of(canaries: &[Canary]) -> Self {
        let (mut traces, mut owners) = (Vec::new(), Vec::new());
        for (n, canary) in canaries.iter().enumerate() {
            let found = canary.traces();
            owners.extend(std::iter::repeat_n(n, found.len()));
            traces.extend(found);
        }
        let traces = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(traces);
        Self {
            traces: traces.unwrap(),
            owners,
        }
    }

    /// The first canary in these bytes, if there is one, with its surroundings.
    pub fn first(&self, bytes: &[u8]) -> Option<(usize, String)> {
        let found = self.traces.find(bytes)?;
        let around = found.start().saturating_sub(200)..(found.end() + 60).min(bytes.len());
        let around = String::from_utf8_lossy(&bytes[around]).into_owned();
        Some((self.owners[found.pattern().as_usize()], around))
    }

    /// That none is there.
    pub fn assert_clean(&self, place: &str, bytes: &[u8]) {
        if let Some((canary, around)) = self.first(bytes) {
            panic!("canary {canary} leaked into {place}: …{around}…");
        }
    }
}
