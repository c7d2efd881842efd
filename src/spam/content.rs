//! Everything that is read from a submission's text, once.

pub(super) mod markup;
mod numbers;

use crate::{
    comment::{
        folding::{self, Disguises},
        submission::Submission,
    },
    spam::{
        links::{self, Link},
        sketch::Sketch,
    },
};

/// Ways to be reached outside the thread, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contacts {
    /// E-mail addresses, masked ones too.
    pub emails: u32,
    /// `@handle`.
    pub handles: u32,
    /// Stretches of eight digits or more, as telephone numbers are written.
    pub phones: u32,
    /// Domains named without being links.
    pub domains: u32,
}

/// What a text says, ready for duplicates, links, word lists and scoring. No I/O; linear in the text's length.
#[derive(Debug, Clone)]
pub struct Content {
    folded: String,
    prose: Option<String>,
    name: String,
    links: Vec<Link>,
    mentions: Vec<Link>,
    contacts: Contacts,
    disguises: Disguises,
    sketch: Option<Sketch>,
    numbered_names: u32,
}

impl Content {
    /// Reads a submission's text and display name.
    #[must_use]
    pub fn of(submission: &Submission) -> Self {
        let name = submission.author.display_name.as_ref();
        Self::of_text(
            submission.body.as_str(),
            name.map_or("", |name| name.as_str()),
        )
    }

    /// Reads a comment that isn't a submission, such as one to learn from.
    #[must_use]
    pub fn of_text(body: &str, display_name: &str) -> Self {
        let mut disguises = Disguises::default();
        let plain = folding::plain_letters(&markup::read(body), &mut disguises);
        let found = links::find(&plain);
        let folded = folding::fold_plain(&plain, &mut disguises);
        let prose = (!found.links.is_empty()).then(|| {
            let without = without_links(&plain, &found.links);
            folding::fold_plain(&without, &mut Disguises::default())
        });
        let numbered_names = numbers::numbered_names(&folded);
        let contacts = Contacts {
            emails: found.emails,
            handles: found.handles,
            phones: numbers::phones(prose.as_deref().unwrap_or(&folded)),
            domains: u32::try_from(found.mentions.len()).unwrap_or(u32::MAX),
        };
        let mut read = Self {
            folded,
            prose,
            name: folding::fold(display_name).text,
            links: found.links,
            mentions: found.mentions,
            contacts,
            disguises,
            sketch: None,
            numbered_names,
        };
        read.sketch = Sketch::of(read.prose()).or_else(|| read.sketch_of_whole());
        read
    }

    /// The body, folded: words separated by single spaces (see `comment::folding`).
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The folded words that aren't part of links.
    #[must_use]
    pub fn prose(&self) -> &str {
        self.prose.as_deref().unwrap_or(&self.folded)
    }

    /// The display name, folded.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The web addresses in the body, in order; at most [`links::MAX_LINKS`].
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Domains that the body names without linking to them.
    #[must_use]
    pub fn mentions(&self) -> &[Link] {
        &self.mentions
    }

    /// Ways to be reached outside the thread.
    #[must_use]
    pub fn contacts(&self) -> Contacts {
        self.contacts
    }

    /// Words of three letters or more that end in two to five digits or `4d` (a lottery), as brands and handles do:
    /// `lucky88`, `lucky4d`.
    #[must_use]
    pub fn numbered_names(&self) -> u32 {
        self.numbered_names
    }

    /// Which share of the folded text is links, 0 to 1.
    #[must_use]
    pub fn link_share(&self) -> f64 {
        let length = |text: &str| f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let of_all = length(self.prose()) / length(&self.folded).max(1.0);
        if self.prose.is_some() {
            (1.0 - of_all).max(0.0)
        } else {
            0.0
        }
    }

    /// How the body was disguised.
    #[must_use]
    pub fn disguises(&self) -> Disguises {
        self.disguises
    }

    /// What the same text again shares; `None` for a text that shows no way to somewhere.
    pub(super) fn sketch_of_whole(&self) -> Option<Sketch> {
        let contacts = self.contacts;
        let others = contacts.domains + contacts.emails + contacts.phones + self.numbered_names;
        let shows_a_way = !self.links.is_empty() || others > 0;
        shows_a_way
            .then(|| Sketch::of_whole(&self.folded))
            .flatten()
    }

    /// What near-duplicates share; `None` for texts of a few words that show no way to somewhere. What is quoted takes
    /// part: see `spam::quotes`.
    #[must_use]
    pub fn sketch(&self) -> Option<Sketch> {
        self.sketch
    }
}

fn without_links(plain: &str, links: &[Link]) -> String {
    let mut out = String::with_capacity(plain.len());
    let mut at = 0;
    for link in links {
        out.push_str(plain.get(at..link.range.start).unwrap_or(""));
        out.push(' ');
        at = link.range.end;
    }
    out.push_str(plain.get(at..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spam::links::LinkForm;

    fn hosts(body: &str) -> Vec<(String, LinkForm)> {
        let content = Content::of_text(body, "");
        content
            .links()
            .iter()
            .map(|link| (link.host.clone(), link.form))
            .collect()
    }

    #[test]
    fn links_are_found_as_people_type_them() {
        use LinkForm::{Bare, Disguised, Plain};
        for (body, host, form) in [
            ("see http://Example.org/a?b=c.", "example.org", Plain),
            ("see (https://www.example.org)", "example.org", Plain),
            ("https://user@example.org:8080/x", "example.org", Plain),
            ("WWW.EXAMPLE.ORG now", "example.org", Plain),
            ("<a href=\"http://example.org\">x</a>", "example.org", Plain),
            ("http://bücher.example/", "bucher.example", Plain),
            ("https://пример.рф/x", "xn--e1afmkfd.xn--p1ai", Plain),
            ("𝗵𝘁𝘁𝗽𝘀://𝗲𝘅𝗮𝗺𝗽𝗹𝗲.𝗰𝗼𝗺", "example.com", Plain),
            ("http://203.0.113.7/x", "203.0.113.7", Plain),
            ("go to example.com/deal", "example.com", Bare),
            ("adf.ly / 123abc", "adf.ly", Bare),
            ("hxxp://example.com", "example.com", Disguised),
            ("h t t p :// example. com", "example.com", Disguised),
            ("www.youtube. com/watch", "youtube.com", Disguised),
            ("example[.]com", "example.com", Disguised),
            ("example dot com", "example.com", Disguised),
        ] {
            assert_eq!(hosts(body), [(host.to_owned(), form)], "{body}");
        }
    }

    #[test]
    fn what_only_looks_like_a_link_is_none() {
        for body in [
            "That was the end.It is over/done",
            "write to reader@example.org or @reader",
            "version 1.2.3/4 of file.txt",
            "and/or … 3.5/10",
            "connect the dot in time",
            "http://",
            "www.",
        ] {
            assert_eq!(hosts(body), [], "{body}");
        }
    }

    #[test]
    fn prose_leaves_links_out() {
        let content = Content::of_text(
            "Click http://example.org/free-stuff now! https://a.example/",
            "",
        );
        assert_eq!(content.prose(), "click now");
        assert!(content.folded().contains("example org free stuff"));
    }

    #[test]
    fn contacts_are_counted() {
        let contacts = Content::of_text(
            "Call +234 805 123 4567, mail a@b.example, ask @bob, see shop.com",
            "",
        )
        .contacts();
        let expected = Contacts {
            emails: 1,
            handles: 1,
            phones: 1,
            domains: 1,
        };
        assert_eq!(contacts, expected);
    }

    #[test]
    fn names_of_brands_end_in_numbers() {
        let names = |body: &str| Content::of_text(body, "").numbered_names();
        assert_eq!(names("play at LUCKY88 and 𝐋𝐮𝐜𝐤𝐲𝟒𝐃, ask lucky_win1221"), 3);
        assert_eq!(
            names("on 24 May at 10am the A380 and the G20 of 2015, an mp3"),
            0
        );
    }

    #[test]
    fn ten_thousand_links_are_bounded() {
        let body = "http://a.example/b ".repeat(3_000);
        let content = Content::of_text(&body, "");
        assert_eq!(content.links().len(), links::MAX_LINKS);
        for hostile in [
            "http://".repeat(9_000),
            "a.".repeat(32_000),
            "@a".repeat(32_000),
            "://@".repeat(16_000),
        ] {
            assert!(Content::of_text(&hostile, "").links().len() <= links::MAX_LINKS);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_content(text in "\\PC{0,200}|(http|www|://|@|\\.|com|dot| |/|\\[|é|я|1){0,40}") {
            let content = Content::of_text(&text, &text);
            for link in content.links().iter().chain(content.mentions()) {
                proptest::prop_assert!(link.host.is_ascii() && link.host.contains('.'), "{:?}", link);
                proptest::prop_assert!(link.path.len() <= 64);
            }
        }
    }
}
