use super::*;
use crate::spam::{
    content::Content,
    lesson::{Label, Lesson, Subject},
    signals::Signals,
};

fn site(name: &str) -> SiteTag {
    SiteTag::of(&name.parse().unwrap())
}

fn vector(body: &str) -> Vector {
    Vector::of(&Content::of_text(body, ""), Signals::default())
}

fn lesson(site_name: &str, label: Label, body: &str) -> Lesson {
    Lesson {
        site: site(site_name),
        subject: Subject::named(site(site_name), body.as_bytes()),
        label,
        taken_back: false,
        shared: true,
        vector: vector(body),
    }
}

fn probability(model: &Model, site_name: &str, body: &str) -> f64 {
    model.probability(&vector(body), site(site_name)).get()
}

const WAVE: &str = "Our moonstone bracelets heal every sorrow, order at the fair";

#[test]
fn a_decision_moves_the_next_score_at_its_site_more_than_elsewhere() {
    let mut model = Model::prior().unwrap();
    let before = probability(&model, "gazette", WAVE);
    for _ in 0..3 {
        model.learn(&lesson("gazette", Label::Spam, WAVE));
    }
    let here = probability(&model, "gazette", WAVE);
    let elsewhere = probability(&model, "herald", WAVE);
    assert!(before < 0.5 && here > 0.5, "{before} {here}");
    assert!(before < elsewhere && elsewhere < here, "{elsewhere}");
    let other = "The council should rebuild the bridge before winter";
    assert!(probability(&model, "gazette", other) < 0.2);
}

#[test]
fn a_site_that_does_not_share_teaches_nobody_else() {
    let mut model = Model::prior().unwrap();
    let own = Lesson {
        shared: false,
        ..lesson("gazette", Label::Spam, WAVE)
    };
    let before = probability(&model, "herald", WAVE);
    model.learn(&own);
    assert!((probability(&model, "herald", WAVE) - before).abs() < 1e-12);
    assert!(probability(&model, "gazette", WAVE) > before);
}

#[test]
fn what_is_taken_back_is_as_if_it_had_not_been_taught_whatever_came_between() {
    let taught = lesson("gazette", Label::Spam, WAVE);
    let back = Lesson {
        taken_back: true,
        ..taught.clone()
    };
    let mut model = Model::prior().unwrap();
    let before = model.log_odds(&vector(WAVE), site("gazette"));
    model.learn(&taught);
    let between = model.log_odds(&vector(WAVE), site("gazette"));
    assert!(between > before + 1.0, "{before} {between}");
    model.learn(&lesson(
        "gazette",
        Label::Ham,
        "Was nobody asked about this?",
    ));
    model.learn(&back);
    let after = model.log_odds(&vector(WAVE), site("gazette"));
    assert!((after - before).abs() < 0.3, "{before} {between} {after}");
}

#[test]
fn what_was_taught_too_long_ago_is_taken_back_as_well_as_can_be() {
    let unknown = Lesson {
        taken_back: true,
        ..lesson("gazette", Label::Spam, WAVE)
    };
    let mut model = Model::prior().unwrap();
    let before = probability(&model, "gazette", WAVE);
    model.learn(&unknown);
    assert!(probability(&model, "gazette", WAVE) < before);
}

#[test]
fn the_same_lessons_in_the_same_order_make_the_same_bits() {
    let taught = || {
        let mut model = Model::prior().unwrap();
        model.learn(&lesson("gazette", Label::Spam, WAVE));
        model.learn(&lesson("herald", Label::Ham, "The bridge is closed again"));
        model
    };
    assert_eq!(taught().digest(), taught().digest());
    assert_ne!(taught().digest(), Model::prior().unwrap().digest());
}

#[test]
fn a_snapshot_restores_every_bit_and_learning_goes_on_alike() {
    let mut model = Model::prior().unwrap();
    let empty = model.to_snapshot();
    for n in 0..20 {
        let label = if n % 2 == 0 { Label::Spam } else { Label::Ham };
        model.learn(&lesson(
            "gazette",
            label,
            &format!("{WAVE} {n} http://shop{n}.example/x"),
        ));
    }
    let mut other = Model::prior().unwrap();
    assert_eq!(other.restore(&model.to_snapshot()), Ok(()));
    assert_eq!(other.digest(), model.digest());
    let more = lesson("herald", Label::Spam, WAVE);
    model.learn(&more);
    other.learn(&more);
    assert_eq!(other.digest(), model.digest());
    assert_eq!(other.restore(&empty), Ok(()));
    assert_eq!(other.digest(), Model::prior().unwrap().digest());
}

#[test]
fn a_damaged_snapshot_changes_nothing() {
    let mut model = Model::prior().unwrap();
    model.learn(&lesson("gazette", Label::Spam, WAVE));
    let good = model.to_snapshot();
    let mut other = Model::prior().unwrap();
    let untouched = other.digest();
    for (at, expected) in [
        (0, BadSnapshot::Format),
        (9, BadSnapshot::Digest),
        (good.len() / 2, BadSnapshot::Digest),
    ] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(other.restore(&bad), Err(expected));
    }
    assert_eq!(other.restore(b""), Err(BadSnapshot::Format));
    assert_eq!(
        other.restore(&good[..good.len() - 1]),
        Err(BadSnapshot::Digest)
    );
    assert_eq!(other.digest(), untouched);
}

#[test]
fn validation_tells_how_far_probabilities_are_from_what_they_say() {
    let mut sure = Validation::default();
    for n in 0..100 {
        sure.add(0.85, n < 85);
    }
    assert_eq!(sure.decisions(), 100);
    assert!(sure.calibration_error().unwrap() < 1e-9);
    sure.add(0.85, false);
    assert!(sure.calibration_error().unwrap() > 0.005);
    assert_eq!(Validation::default().calibration_error(), None);
}

#[test]
fn validation_tells_how_right_the_model_was() {
    let told = Validation::of(&[
        (0.9, true),
        (0.5, true),
        (0.5, false),
        (0.49, true),
        (0.2, false),
    ]);
    assert_eq!(told.mistakes(), Some(2.0 / 5.0));
    let loss = -(libm::log(0.9) + 2.0 * libm::log(0.5) + libm::log(0.49) + libm::log(0.8)) / 5.0;
    assert!((told.log_loss().unwrap() - loss).abs() < 1e-6);
    let range = told.ranges[5];
    assert_eq!(range.predicted().zip(range.observed()), Some((0.5, 0.5)));
    assert_eq!(told.ranges[0].predicted(), None);
    let none = Validation::default();
    assert_eq!([none.log_loss(), none.mistakes()], [None; 2]);
    let surest = Validation::of(&[(0.0, true), (1.0, false)]);
    assert!(surest.log_loss().unwrap() < 21.0);
}

#[test]
fn a_changed_mind_leaves_no_trace_however_often() {
    for body in [
        WAVE,
        "Check out my channel and subscribe please!!! http://youtube.com/user/example",
    ] {
        let mut model = Model::prior().unwrap();
        let taught = |label, taken_back| Lesson {
            taken_back,
            ..lesson("gazette", label, body)
        };
        let (bodies, sites) = ([body, "Thank you for this article."], ["gazette", "herald"]);
        let scores = |model: &Model| {
            let of = |name| bodies.map(|body| model.log_odds(&vector(body), site(name)));
            sites.map(of)
        };
        let before = scores(&model);
        for _ in 0..300 {
            for label in [Label::Ham, Label::Spam] {
                model.learn(&taught(label, false));
                model.learn(&taught(label, true));
            }
        }
        assert_eq!(scores(&model), before);
    }
}

#[test]
fn what_taught_nothing_takes_nothing_back() {
    let mut model = Model::prior().unwrap();
    let sure = Lesson {
        subject: Subject::named(site("gazette"), b"the last"),
        ..lesson("gazette", Label::Spam, WAVE)
    };
    for n in 0..2_000_u32 {
        let subject = Subject::named(site("gazette"), &n.to_le_bytes());
        model.learn(&Lesson {
            subject,
            ..sure.clone()
        });
    }
    let strongest = |model: &Model| model.log_odds(&vector(WAVE), site("gazette"));
    let before = strongest(&model);
    model.learn(&sure);
    assert_eq!(strongest(&model), before, "nothing is left to be learnt");
    let ham = lesson(
        "gazette",
        Label::Ham,
        "Our fair heals the sorrow of every moonstone order",
    );
    for _ in 0..20 {
        model.learn(&ham);
    }
    let before = strongest(&model);
    model.learn(&Lesson {
        taken_back: true,
        ..sure
    });
    assert_eq!(strongest(&model), before);
}

#[test]
fn a_slope_at_its_bound_turns_back_at_once() {
    let mut model = Model::prior().unwrap();
    for n in 0..3_000_u32 {
        let label = if n.is_multiple_of(2) {
            Label::Spam
        } else {
            Label::Ham
        };
        let subject = Subject::named(site("gazette"), &n.to_le_bytes());
        model.learn(&Lesson {
            subject,
            ..lesson("gazette", label, WAVE)
        });
    }
    let raw = model.dense(Dense::Slope, site("gazette"));
    assert!((SLOPES.0..=SLOPES.1).contains(&raw), "{raw}");
}

#[test]
fn a_site_that_contradicts_itself_makes_no_other_unsure() {
    // As fast as some ten thousand lessons would.
    let rates = Rates {
        slope: [0.02, 0.02],
        ..Rates::default()
    };
    let mut model = Model::prior().unwrap().with_rates(rates);
    let spam = "Check out my channel and subscribe please!!! http://youtube.com/user/example";
    let readers = "The council should have asked the people who live beside the bridge.";
    for n in 0..600_u32 {
        let (body, label) = if n.is_multiple_of(2) {
            (format!("{spam} {}", n * 7_919), Label::Ham)
        } else {
            (format!("{readers} {}", n * 7_919), Label::Spam)
        };
        // Before its own copies know better, each is a surprise.
        let (name, teller) = (format!("site-{n}"), "gazette");
        let lesson = lesson(if n < 300 { &name } else { teller }, label, &body);
        model.learn(&lesson);
    }
    let of_all = model.slope(site("herald"));
    assert!((0.8..=1.25).contains(&of_all), "{of_all}");
}

#[test]
fn sites_share_places_by_chance_only() {
    let features = [3_usize, 77, 4_711, 70_000, 200_000];
    let places = |name: &str| features.map(|feature| place(site(name), feature));
    let mut seen = std::collections::HashMap::new();
    for n in 0..10_000 {
        let name = format!("paper-{n}");
        let alike = seen.insert(places(&name), name.clone());
        assert_eq!(alike, None, "{name} has all its places with another site");
    }
    let all: std::collections::HashSet<usize> = (0..Weights::SLOTS + DENSE)
        .map(|feature| place(site("gazette"), feature))
        .collect();
    assert_eq!(
        all.len(),
        Weights::SLOTS + DENSE,
        "none meets another of its site"
    );
}
