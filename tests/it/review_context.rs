//! Promise: a moderator can ask what surrounds a comment, and gets all of it, bounded.

use replydesk::proto::v1;
use tonic::Code;

use crate::harness::{
    Desk,
    clients::Client,
    comments::{comment, everything_waits},
    refusals::told,
};

const SITE: &str = "gazette";

/// Twelve of a wave, by other readers each, below four articles.
async fn wave(blog: &Client) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..12 {
        let body = format!(
            "My cousin makes {} dollars an hour at home on her laptop, go to http://laptop{n}.pills.example and see. {}",
            70 + n,
            "x".repeat(300)
        );
        let mut request = comment(
            SITE,
            &format!("article-{}", n % 4),
            &format!("Reader {n}"),
            &body,
        );
        request.author.as_mut().unwrap().email = format!("reader{n}@mailinator.com");
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
    }
    ids
}

#[tokio::test]
async fn the_article_the_author_the_reasons_the_wave_and_the_decision() {
    let desk = Desk::start().await;
    let never_spam = v1::Policy {
        spam_at: Some(1.0),
        ..everything_waits()
    };
    let blog = desk.site(SITE, never_spam).await;
    let ids = wave(&blog).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let last = ids.last().unwrap();

    let context = mira.context(SITE, last).await.unwrap();
    let shown = context.comment.unwrap();
    assert_eq!(&shown.comment_id, last);
    assert_eq!(shown.thread.unwrap().title, "About article-3");
    assert_eq!(context.thread_counts.unwrap().pending, 3);
    assert_eq!(context.author_history.unwrap().pending, 1);
    assert_eq!(context.last_decision, None);

    let found = context.wave.unwrap();
    assert_eq!((found.size, &found.wave_id), (12, &shown.wave_id));
    let members: Vec<&String> = found
        .members
        .iter()
        .map(|member| &member.comment_id)
        .collect();
    let newest: Vec<&String> = ids[1..11].iter().rev().collect();
    assert_eq!(members, newest, "ten others, the newest first");
    let first = &found.members[0];
    assert_eq!(first.excerpt.chars().count(), 200);
    assert_eq!(first.display_name, "Reader 10");
    assert_eq!(first.state(), v1::CommentState::Pending);

    let now = context.score_now.unwrap();
    let stored = shown.score.unwrap();
    assert!((now.spam_probability - stored.spam_probability).abs() < 1e-6);
    assert_eq!(now.contributions[..8], stored.contributions[..8]);
    assert!(now.contributions.len() > 8 && now.contributions.len() <= 50);
    for expected in ["near_duplicates", "email_disposable", "link_host_recent"] {
        let named = context.signals.iter().any(|seen| seen.name == expected);
        assert!(named, "{expected}: {:?}", context.signals);
    }
    assert!(context.signals.iter().all(|seen| seen.value > 0.0));

    let decision = v1::DecideCommentRequest {
        site: SITE.to_owned(),
        comment_id: last.clone(),
        version: 1,
        verdict: v1::Verdict::Spam.into(),
        ..Default::default()
    };
    mira.decide(decision).await.unwrap();
    let context = mira.context(SITE, last).await.unwrap();
    let decided = context.last_decision.unwrap();
    assert_eq!((decided.verdict(), decided.version), (v1::Verdict::Spam, 1));
    assert_eq!(decided.moderator, "mira");
    assert_eq!(context.author_history.unwrap().spam, 1);
    assert_eq!(context.thread_counts.unwrap().spam, 1);
    let other = mira.context(SITE, &ids[0]).await.unwrap().wave.unwrap();
    assert_eq!(other.members[0].state(), v1::CommentState::Spam);
    desk.finish().await;
}

#[tokio::test]
async fn a_comment_alone_has_no_wave_and_strangers_get_nothing() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    desk.site("other", everything_waits()).await;
    let request = comment(
        SITE,
        "tram",
        "Ada",
        "I have ridden this line since I was a child",
    );
    let id = request.comment_id.clone();
    blog.submit(request).await.unwrap();
    let mira = desk.moderator(0, SITE, "mira").await;
    let context = mira.context(SITE, &id).await.unwrap();
    assert_eq!(context.wave, None);

    let missing = "018f0000-0000-7000-8000-00000000ffff";
    let foreign = desk.moderator(0, "other", "otto").await;
    for (client, site, id, code) in [
        (&mira, SITE, missing, Code::NotFound),
        (&mira, SITE, "no id", Code::InvalidArgument),
        (&blog, SITE, id.as_str(), Code::PermissionDenied),
        (&foreign, SITE, id.as_str(), Code::PermissionDenied),
        (&foreign, "other", id.as_str(), Code::NotFound),
    ] {
        let status = client.context(site, id).await.unwrap_err();
        let (found, reason) = told(&status);
        assert_eq!(found, code, "{site} {id}: {status:?}");
        assert!(!reason.is_empty());
    }
    desk.finish().await;
}

#[tokio::test]
async fn what_was_seen_of_a_thread_makes_what_fits_it_less_suspicious() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let said = [
        "The harbour needs this tram more than another bridge, and the council knows it well.",
        "Commuters have waited years for the tram extension while tickets became ever more expensive.",
        "Who pays for the extension? Tickets again, I fear, while the harbour company gets everything.",
    ];
    for (n, body) in said.iter().enumerate() {
        blog.submit(comment(SITE, "tram", &format!("Reader {n}"), body))
            .await
            .unwrap();
    }
    let fits = comment(
        SITE,
        "tram",
        "Ada",
        "The council should pay for the harbour tram and its tickets",
    );
    let foreign = comment(
        SITE,
        "tram",
        "Bob",
        "Nobody answers letters nowadays, especially dentists",
    );
    let mira = desk.moderator(0, SITE, "mira").await;
    for (request, expected) in [(fits, true), (foreign, false)] {
        let id = request.comment_id.clone();
        blog.submit(request).await.unwrap();
        let signals = mira.context(SITE, &id).await.unwrap().signals;
        let seen = signals
            .iter()
            .any(|seen| seen.name == "fits_thread" && seen.value > 0.3);
        assert_eq!(seen, expected, "{signals:?}");
    }
    desk.finish().await;
}

fn names(comments: &[v1::NearbyComment]) -> Vec<&str> {
    let names = comments.iter().map(|comment| comment.display_name.as_str());
    names.collect()
}

fn verdict_on(id: &str, version: u32, verdict: v1::Verdict) -> v1::DecideCommentRequest {
    v1::DecideCommentRequest {
        site: SITE.to_owned(),
        comment_id: id.to_owned(),
        version,
        verdict: verdict.into(),
        ..Default::default()
    }
}

/// Comments by these readers below these articles; the one by "Itself" is long, and answers the first.
async fn said(blog: &Client, all: &[(&str, &str)]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (thread, name) in all {
        let body = format!("{name} has something of their own to say about the {thread}.");
        let mut request = comment(SITE, thread, name, &body);
        if *name == "Itself" {
            request.parent_id.clone_from(&ids[0]);
            request.body = format!("{body} {}", "é".repeat(600));
        }
        ids.push(request.comment_id.clone());
        blog.submit(request).await.unwrap();
    }
    ids
}

#[tokio::test]
async fn what_it_answers_and_what_was_said_around_it() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let all = [
        ("tram", "Ada"),
        ("tram", "Bob"),
        ("fair", "Cleo"),
        ("tram", "Dora"),
        ("tram", "Itself"),
        ("fair", "Egon"),
        ("tram", "Finn"),
        ("tram", "Gwen"),
        ("tram", "Hugo"),
        ("tram", "Ines"),
    ];
    let ids = said(&blog, &all).await;
    for (n, verdict) in [
        (1, v1::Verdict::Approve),
        (3, v1::Verdict::Spam),
        (6, v1::Verdict::Reject),
        (8, v1::Verdict::Approve),
    ] {
        mira.decide(verdict_on(&ids[n], 1, verdict)).await.unwrap();
    }
    let context = mira.context(SITE, &ids[4]).await.unwrap();
    assert_eq!(context.parent.as_ref().unwrap().comment_id, ids[0]);
    assert_eq!(names(&context.before), ["Ada", "Bob"]);
    assert_eq!(names(&context.after), ["Gwen", "Hugo"]);
    assert_eq!(context.after[1].state(), v1::CommentState::Approved);
    assert_eq!(context.deeds, []);
    let other = mira.context(SITE, &ids[1]).await.unwrap();
    assert_eq!((names(&other.before), other.parent), (vec!["Ada"], None));
    assert_eq!(names(&other.after), ["Itself", "Gwen"]);
    assert_eq!(other.after[0].parent_id, ids[0]);
    assert_eq!(other.after[0].excerpt.chars().count(), 500);
    // One that is not shown has neighbours too.
    let spam = mira.context(SITE, &ids[3]).await.unwrap();
    assert_eq!(names(&spam.before), ["Ada", "Bob"]);
    assert_eq!(names(&spam.after), ["Itself", "Gwen"]);
    desk.finish().await;
}

#[tokio::test]
async fn what_was_done_to_it_by_whom_and_why() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let noor = desk.moderator(0, SITE, "noor").await;
    let id = &said(&blog, &[("tram", "Ada")]).await[0];
    use v1::{
        AuditAction,
        CommentState::{Pending, Rejected},
        Verdict,
    };
    let rejection = v1::DecideCommentRequest {
        reason_code: "insult".to_owned(),
        note: "third time this week".to_owned(),
        ..verdict_on(id, 1, Verdict::Reject)
    };
    mira.decide(rejection).await.unwrap();
    noor.undo(SITE, id, 2).await.unwrap();
    let approval = verdict_on(id, 3, Verdict::Approve);
    noor.decide(approval).await.unwrap();
    let deeds = mira.context(SITE, id).await.unwrap().deeds;
    let told = deeds.iter().map(|deed| {
        let who = deed.actor.as_str();
        (
            deed.action(),
            deed.verdict(),
            deed.version,
            who,
            deed.in_force,
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (AuditAction::Decided, Verdict::Reject, 2, "mira", false),
            (AuditAction::Undone, Verdict::Unspecified, 3, "noor", false),
            (AuditAction::Decided, Verdict::Approve, 4, "noor", true),
        ]
    );
    assert_eq!(deeds[0].reason_code, "insult");
    assert_eq!(deeds[0].note, "third time this week");
    let before: Vec<_> = deeds.iter().map(v1::Deed::state_before).collect();
    assert_eq!(before, [Pending, Rejected, Pending]);
    assert!(
        deeds
            .iter()
            .all(|deed| deed.at.is_some() && deed.audit_sequence > 0)
    );
    desk.finish().await;
}
