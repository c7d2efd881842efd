use super::*;
use crate::spam::{
    lesson::{Label, Lesson, Subject},
    vector::Vector,
};

fn site() -> SiteTag {
    SiteTag::of(&"gazette".parse().unwrap())
}

fn score(body: &str) -> Score {
    let scorer = Scorer::prior().unwrap();
    scorer.score_with(site(), &Content::of_text(body, ""), &Signals::default())
}

#[test]
fn the_prior_tells_spam_from_readers() {
    for spam in [
        "Check out my channel and subscribe please!!! http://youtube.com/user/example",
        "Congratulations! You have won a $1000 prize. Call now to claim your free cash",
        "Main di 𝐌𝐀𝐗𝐖𝐈𝐍𝟖𝟖 gacor terus, daftar sekarang",
    ] {
        assert!(
            score(spam).probability.get() > 0.8,
            "{spam}: {:?}",
            score(spam)
        );
    }
    for reader in [
        "The council should have asked the people who live beside the bridge before it was closed.",
        "What an idiotic column. You clearly know nothing about farming.",
        "Wer soll das denn bezahlen? Die Pendler warten seit Jahren auf einen besseren Takt.",
        "Thank you for this article.",
    ] {
        assert!(
            score(reader).probability.get() <= 0.2,
            "{reader}: {:?}",
            score(reader)
        );
    }
}

#[test]
fn a_disguise_hides_nothing() {
    let plain = score("subscribe to my channel please").probability.get();
    for disguised in [
        "ѕubѕсribe to my сhannel please",
        "𝘀𝘂𝗯𝘀𝗰𝗿𝗶𝗯𝗲 𝘁𝗼 𝗺𝘆 𝗰𝗵𝗮𝗻𝗻𝗲𝗹 𝗽𝗹𝗲𝗮𝘀𝗲",
        "S u b s c r i b e to my c\u{200B}hannel pl\u{336}ease",
    ] {
        let found = score(disguised).probability.get();
        assert!(found > plain - 0.05, "{disguised}: {found} against {plain}");
    }
}

#[test]
fn scores_explain_themselves_with_the_comments_words() {
    let score = score("Please subscribe to my channel");
    let told: Vec<&str> = score
        .contributions
        .iter()
        .map(|told| told.feature.as_str())
        .collect();
    assert!(
        told.contains(&"\"subscribe\"") && told.contains(&"\"channel\""),
        "{told:?}"
    );
    let strengths: Vec<f32> = score
        .contributions
        .iter()
        .map(|told| told.weight.abs())
        .collect();
    assert!(strengths.is_sorted_by(|a, b| a >= b), "strongest first");
    assert!(score.contributions.len() <= Score::MAX_CONTRIBUTIONS);
}

#[test]
fn a_repeated_word_is_explained_once() {
    let score = score("hello hello hello hello hello hello");
    let told = score
        .contributions
        .iter()
        .filter(|told| told.feature == "\"hello\"");
    assert_eq!(told.count(), 1, "{:?}", score.contributions);
}

#[test]
fn the_explanation_adds_up_to_the_score() {
    let score = score("Free money");
    let told: f32 = score.contributions.iter().map(|told| told.weight).sum();
    let bias = f64::from(Model::prior().unwrap().prior_weights().bias);
    let odds = score.probability.get() / (1.0 - score.probability.get());
    let expected = libm::log(odds) - bias;
    assert!(
        (f64::from(told) - expected).abs() < 0.1,
        "{told} of {expected}"
    );
}

#[test]
fn no_text_breaks_the_score() {
    for hostile in [
        String::new(),
        "x".repeat(65_000),
        "http://a.example ".repeat(3_800),
        format!("a{}", "\u{301}".repeat(10_000)),
        "😀".repeat(16_000),
        "\u{202E}\u{2067}".repeat(10_000),
    ] {
        let probability = score(&hostile).probability.get();
        assert!((0.0..=1.0).contains(&probability));
    }
}

#[test]
fn scores_name_their_model() {
    let model = Model::prior().unwrap();
    let score = score("x");
    assert_eq!(
        (score.model, score.lessons),
        (model.prior_weights().model(), 0)
    );
}

fn learnt() -> (Model, Scorer) {
    let mut model = Model::prior().unwrap();
    for (n, text) in ["Win at lucky88 now", "Thanks, see www.bridge.example"]
        .iter()
        .enumerate()
    {
        model.learn(&Lesson {
            site: site(),
            subject: Subject::named(site(), text.as_bytes()),
            label: if n == 0 { Label::Spam } else { Label::Ham },
            taken_back: false,
            shared: true,
            vector: Vector::of(&Content::of_text(text, ""), Signals::default()),
        });
    }
    (model.clone(), Scorer::new(LiveModel::new(model)))
}

#[test]
fn a_long_text_scores_as_its_vector_does() {
    let (model, scorer) = learnt();
    let many = |piece: fn(u32) -> String| (0..9_000).map(piece).collect::<String>();
    for text in [
        many(|n| format!("w{n} ")),
        many(|n| format!("http://a{n}.b.c.d.example/x/y{n}/abc/def ")),
        many(|n| format!("zq{}", n * 7_919)),
        "a\u{301}".repeat(10_000),
    ] {
        let content = Content::of_text(&text, "");
        let scored = scorer.score_with(site(), &content, &Signals::default());
        let vector = Vector::of(&content, Signals::default());
        let expected = model.probability(&vector, site()).get();
        assert_eq!(scored.probability.get().to_bits(), expected.to_bits());
    }
}

proptest::proptest! {
    #[test]
    fn a_score_is_to_the_bit_what_lessons_are_tested_by(
        text in "(\\PC|[a-z 0-9@.:/!\n\u{200B}\u{301}]|http://|www\\.|lucky88 |win c@sh |f r e e |\u{1D400}|\u{430}){0,80}",
        name in "[a-z 0-9]{0,8}",
        bytes: [u8; 28],
    ) {
        let (model, scorer) = learnt();
        let content = Content::of_text(&text, &name);
        let signals = Signals::from_bytes(&[&[2][..], &bytes].concat()).unwrap_or_default();
        let scored = scorer.score_with(site(), &content, &signals).probability.get();
        let expected = model.probability(&Vector::of(&content, signals), site()).get();
        proptest::prop_assert_eq!(scored.to_bits(), expected.to_bits());
    }
}
