//! What a score costs, beside a loop that does nothing but hash every shingle; and what sealing costs.

use std::{hint::black_box, time::Instant};

use replydesk::{
    comment::{
        draft::{Draft, Fields},
        fields::RequiredFields,
        ids::{CommentId, SiteId},
        observed::{Observed, SeenThread},
        state::Timestamp,
        submission::Submission,
    },
    privacy::{keys::OfficerPrivateKey, sealing::Sealer},
    spam::{content::Content, scorer::Scorer},
};

use crate::{
    load::BODY,
    report::{Report, median},
};

pub fn run(report: &mut Report) {
    let scorer = Scorer::prior().expect("the model is sound");
    let seen = Observed {
        now: Timestamp(1_800_000_000_000),
        thread: SeenThread {
            words: (0..=255)
                .map(|n| if n % 3 == 0 { 0b0101_0011 } else { 0b0001_1000 })
                .collect(),
            ..SeenThread::default()
        },
        ..Observed::default()
    };
    for (name, body, bar) in [
        (
            "score of a 400-byte comment, features included",
            BODY[..400].to_owned(),
            Some("<= 10"),
        ),
        (
            "score of a 64 KB comment, features included",
            BODY.repeat(156)[..65_525].to_owned(),
            Some("<= 1000"),
        ),
    ] {
        let submission = submission(&body);
        let score = timed(body.len(), || {
            let content = Content::of(black_box(&submission));
            black_box(scorer.score(&submission, &content, &seen));
        });
        report.add(name, score, "us", bar);
        let bare = timed(body.len(), || {
            black_box(hash_every_shingle(black_box(body.as_bytes())));
        });
        report.add(
            format!("{name} / a plain hash of every shingle"),
            score / bare,
            "ratio",
            None,
        );
    }
    let sealer = Sealer::new(
        OfficerPrivateKey::generate()
            .expect("random")
            .public()
            .clone(),
    );
    let submission = submission(BODY);
    let sealing = timed(BODY.len(), || {
        black_box(
            sealer
                .seal(&submission.site, &submission.id, &submission.contact)
                .expect("random"),
        );
    });
    report.add("seal of contact data", sealing, "us", Some("<= 5"));
}

/// Median of batches, in microseconds a call.
fn timed(bytes: usize, mut work: impl FnMut()) -> f64 {
    let batch = (40_000 / bytes).max(1);
    let batches = (0..200).map(|_| {
        let started = Instant::now();
        for _ in 0..batch {
            work();
        }
        started.elapsed().as_secs_f64() * 1e6 / batch as f64
    });
    median(batches.collect())
}

/// FNV-1a over every run of 3, 4 and 5 bytes.
fn hash_every_shingle(text: &[u8]) -> u64 {
    let hash = |run: &[u8]| {
        run.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    (3..=5)
        .flat_map(|length| text.windows(length))
        .fold(0, |sum, run| sum ^ hash(run))
}

fn submission(body: &str) -> Submission {
    let site: SiteId = "bench".parse().expect("a name");
    let fields = Fields {
        comment_id: CommentId::fresh().to_string(),
        thread_id: "bridge".to_owned(),
        thread_language: "en".to_owned(),
        thread_title: "Bridge to be closed for repairs until autumn".to_owned(),
        display_name: "A reader".to_owned(),
        email: "a.reader@readers.example".to_owned(),
        body: body.to_owned(),
        ip_address: "203.0.113.7".to_owned(),
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
            .to_owned(),
        ..Fields::default()
    };
    Submission::parse(
        &Draft {
            site,
            fields,
            validate_only: false,
        },
        &RequiredFields::default(),
    )
    .expect("it is right")
}
