//! What a blog's readers write, made up: the n-th comment is the same in every run.
//!
//! Lengths are spread as in 1,085 comments of a newspaper's readers. Words are a third small ones, a third of the
//! subject, a third that hardly anybody else uses, so that few of the parts by which waves are found are shared. Each
//! thread takes 64 comments. Two in a hundred comments are near-duplicates, of campaigns of 64.

use std::sync::LazyLock;

use replydesk::{comment::ids::CommentId, proto::v1};

/// Threads that take comments at the same time.
const THREADS: u64 = 50;
/// Comments that a thread takes.
const COMMENTS: u64 = 64;
/// Of so many comments one is a near-duplicate.
const ONE_NEAR_DUPLICATE_IN: u64 = 49;

/// Bytes of a comment: one of each tenth, from the shortest to the longest. 420 on average, as DESIGN measures with.
const LENGTHS: [usize; 10] = [40, 80, 122, 165, 220, 286, 366, 472, 661, 1_788];

const SMALL: &str = "the a of and to in is that it for was on are with as they be at have this from but not we he \
there you all which so if one can what would who will about when their more";

const SUBJECT: &str = "bridge council budget railing school river planks winter estimate repair paper light boards \
walk rain road traffic lorry tunnel ferry station ticket harbour mill market mayor vote promise delay contract firm \
engineer report newspaper reader neighbour street cyclist bus tram driver parents children teacher doctor hospital \
library museum park tree garden noise summer morning evening money tax rent house shop bakery factory worker union";

const SYLLABLES: &str = "bar den fel gor hal jin kas lom mur nev ost pel quin ros sten tul ver wick yar zan ber dol \
fin gath hum ill kor lund mar nor";

/// What distinguishes the n-th comment from others.
#[derive(Clone, Copy)]
pub struct Place {
    pub n: u64,
}

impl Place {
    /// Of a comment that was sent: its reader's name bears the number.
    pub fn of(request: &v1::SubmitCommentRequest) -> Option<Self> {
        let name = &request.author.as_ref()?.display_name;
        let n = name.rsplit(' ').next()?.parse().ok()?;
        Some(Self { n })
    }

    /// The campaign that it is a near-duplicate of.
    pub fn campaign(self) -> Option<u64> {
        let one = self.n % ONE_NEAR_DUPLICATE_IN == ONE_NEAR_DUPLICATE_IN - 1;
        one.then_some(self.n / (ONE_NEAR_DUPLICATE_IN * COMMENTS))
    }

    /// How many comments its thread had before.
    pub fn in_thread(self) -> u64 {
        self.n / THREADS % COMMENTS
    }

    fn thread(self) -> String {
        let (round, which) = (self.n / (THREADS * COMMENTS), self.n % THREADS);
        format!("bridge-{round}-{which}")
    }

    /// What it says.
    pub fn body(self) -> String {
        match self.campaign() {
            Some(campaign) => {
                let said = prose(&mut Dice(campaign | 1 << 63), 300);
                format!("{said} Since then {} of us earn more.", self.n)
            }
            None => {
                let mut dice = Dice(self.n);
                let least = LENGTHS[dice.below(LENGTHS.len())];
                prose(&mut dice, least)
            }
        }
    }
}

/// The n-th submission: another reader, address and text each time.
pub fn submission(n: u64) -> v1::SubmitCommentRequest {
    let place = Place { n };
    v1::SubmitCommentRequest {
        site: "bench".to_owned(),
        comment_id: CommentId::fresh().to_string(),
        thread: Some(v1::Thread {
            thread_id: place.thread(),
            url: "https://gazette.example/news/bridge".to_owned(),
            title: "Bridge to be closed for repairs until autumn".to_owned(),
            language: "en".to_owned(),
        }),
        author: Some(v1::AuthorInput {
            display_name: format!("Reader {n}"),
            email: format!("reader.{n}@readers.example"),
            ..Default::default()
        }),
        body: place.body(),
        transport: Some(v1::Transport {
            ip_address: format!("10.{}.{}.{}", n / 65_536 % 256, n / 256 % 256, n % 256),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
                .to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// Sentences of at least so many bytes in all.
fn prose(dice: &mut Dice, least: usize) -> String {
    static LISTS: LazyLock<[Vec<&str>; 3]> =
        LazyLock::new(|| [SMALL, SUBJECT, SYLLABLES].map(|list| list.split(' ').collect()));
    let [small, subject, syllables] = &*LISTS;
    let mut text = String::with_capacity(least + 100);
    while text.len() < least {
        let words = 5 + dice.below(12);
        for word in 0..words {
            let start = text.len();
            match dice.below(3) {
                0 => text.push_str(dice.one_of(small)),
                1 => text.push_str(dice.one_of(subject)),
                _ => (0..3).for_each(|_| text.push_str(dice.one_of(syllables))),
            }
            if word == 0 {
                text[start..=start].make_ascii_uppercase();
            }
            text.push_str(if word + 1 == words { ". " } else { " " });
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// `SplitMix64` (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        usize::try_from(z % bound as u64).expect("below a usize")
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}
