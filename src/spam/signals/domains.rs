//! What is known of a host: the domain that somebody registered, and what kind of place it is.

use psl::Type;

/// Services whose addresses hide where they lead, or gather an advertiser's links. Sorted, for the search.
const SHORTENERS: [&str; 48] = [
    "adf.ly",
    "beacons.ai",
    "bio.link",
    "bit.do",
    "bit.ly",
    "bitly.com",
    "bl.ink",
    "buff.ly",
    "clck.ru",
    "cli.gs",
    "cutt.ly",
    "dlvr.it",
    "gg.gg",
    "goo.gl",
    "goo.su",
    "heylink.me",
    "is.gd",
    "j.mp",
    "linktr.ee",
    "lnk.to",
    "lnkd.in",
    "mcaf.ee",
    "ouo.io",
    "ow.ly",
    "po.st",
    "qr.ae",
    "rb.gy",
    "rebrand.ly",
    "reurl.cc",
    "s.id",
    "shorte.st",
    "shorturl.at",
    "snip.ly",
    "soo.gd",
    "surl.li",
    "t.co",
    "t.ly",
    "tiny.cc",
    "tiny.one",
    "tinyurl.com",
    "tr.im",
    "trib.al",
    "u.to",
    "urlz.fr",
    "v.gd",
    "vk.cc",
    "vu.fr",
    "x.co",
];

/// Places that everybody links to: there, the address counts, not the domain. Sorted, for the search.
const BUSY: [&str; 38] = [
    "amazon.com",
    "apple.com",
    "archive.org",
    "bbc.co.uk",
    "bbc.com",
    "bsky.app",
    "cnn.com",
    "discord.com",
    "discord.gg",
    "dropbox.com",
    "facebook.com",
    "fb.com",
    "flickr.com",
    "github.com",
    "google.com",
    "imdb.com",
    "imgur.com",
    "instagram.com",
    "linkedin.com",
    "medium.com",
    "nytimes.com",
    "pinterest.com",
    "reddit.com",
    "reuters.com",
    "soundcloud.com",
    "spotify.com",
    "t.me",
    "theguardian.com",
    "tiktok.com",
    "twitch.tv",
    "twitter.com",
    "vimeo.com",
    "vk.com",
    "wa.me",
    "wikipedia.org",
    "x.com",
    "youtu.be",
    "youtube.com",
];

/// Free places for anybody's site that the public suffix list doesn't name. Sorted, for the search.
const FREE_HOSTS: [&str; 12] = [
    "angelfire.com",
    "jimdo.com",
    "livejournal.com",
    "over-blog.com",
    "rssing.com",
    "site123.me",
    "strikingly.com",
    "tumblr.com",
    "webnode.com",
    "weebly.com",
    "wixsite.com",
    "wordpress.com",
];

/// The domain that somebody registered, by the public suffix list: `example.co.uk` of `shop.example.co.uk`, and
/// `jo.github.io` of itself. An IP address, and a name without one, stand for themselves.
#[must_use]
pub fn registered(host: &str) -> &str {
    let is_address = host.ends_with(|c: char| c.is_ascii_digit()) || host.ends_with(']');
    if is_address {
        return host;
    }
    psl::domain_str(host).unwrap_or(host)
}

/// Whether addresses there hide where they lead.
#[must_use]
pub fn is_shortener(registered: &str) -> bool {
    SHORTENERS.binary_search(&registered).is_ok()
}

/// Whether anybody gets a place there without paying.
#[must_use]
pub fn is_free_host(host: &str) -> bool {
    let of_list = || FREE_HOSTS.binary_search(&registered(host)).is_ok();
    psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.typ() == Some(Type::Private))
        || of_list()
}

/// What is counted of a link to tell how often it is spread: its registered domain; where everybody links to, and
/// where addresses hide theirs, with its path.
#[must_use]
pub fn counted(host: &str, path: &str) -> String {
    let domain = registered(host);
    if BUSY.binary_search(&domain).is_ok() || is_shortener(domain) {
        format!("{domain}{path}")
    } else {
        domain.to_owned()
    }
}

/// The names by which a standing can be said of where links lead: each registered domain, and where everybody links to,
/// its address too. In the order of the links, each once, at most `most`; `home`, a registered domain, is left out.
#[must_use]
pub fn names<'a>(
    links: impl Iterator<Item = (&'a str, &'a str)>,
    home: Option<&str>,
    most: usize,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (host, path) in links {
        let domain = registered(host);
        if home == Some(domain) {
            continue;
        }
        for name in [domain.to_owned(), counted(host, path)] {
            if found.len() < most && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(SHORTENERS.is_sorted() && BUSY.is_sorted() && FREE_HOSTS.is_sorted());
    }

    #[test]
    fn domains_are_what_somebody_registered() {
        for (host, domain) in [
            ("example.com", "example.com"),
            ("a.b.example.co.uk", "example.co.uk"),
            ("jo.blogspot.com", "jo.blogspot.com"),
            ("www.jo.github.io", "jo.github.io"),
            ("203.0.113.7", "203.0.113.7"),
            ("[2001:db8::1]", "[2001:db8::1]"),
            ("localhost", "localhost"),
            ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
            ("co.uk", "co.uk"),
            ("", ""),
        ] {
            assert_eq!(registered(host), domain, "{host}");
        }
    }

    #[test]
    fn places_have_a_kind() {
        assert!(is_shortener("bit.ly") && !is_shortener("example.com"));
        for (host, free) in [
            ("jo.blogspot.com", true),
            ("jo.wordpress.com", true),
            ("example.com", false),
            ("example.co.uk", false),
            ("203.0.113.7", false),
        ] {
            assert_eq!(is_free_host(host), free, "{host}");
        }
        assert_eq!(counted("shop.example.com", "/a"), "example.com");
        assert_eq!(
            counted("m.youtube.com", "/watch?v=1"),
            "youtube.com/watch?v=1"
        );
        assert_eq!(counted("bit.ly", "/x1"), "bit.ly/x1");
    }
}
