//! The transparency report: its period, its reasons, and what readers were told.

use replydesk::proto::v1::{self, Verdict};
use tonic::Code;

use super::{SITE, day, report, verdicts};
use crate::harness::{
    Desk,
    comments::{everything_waits, on, submit},
    policies::rejection_reasons,
    refusals::{told, violations},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_all_that_is_wrong_with_its_period() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    for (from, to, wrong) in [
        (day(-365), day(0), &[][..]),
        (day(0), day(300), &[]),
        (day(-366), day(0), &["to_day"]),
        (day(-401), day(-401), &["from_day"]),
        (day(0), day(-1), &["to_day"]),
        (
            "yesterday".to_owned(),
            "2026-02-30".to_owned(),
            &["from_day", "to_day"],
        ),
    ] {
        let request = v1::GetTransparencyReportRequest {
            site: SITE.to_owned(),
            from_day: from.clone(),
            to_day: to.clone(),
        };
        let found = blog.comments.clone().get_transparency_report(request).await;
        match found {
            Ok(_) => assert!(wrong.is_empty(), "{from} {to}"),
            Err(refused) => {
                assert_eq!(told(&refused).0, Code::InvalidArgument);
                let fields: Vec<_> = violations(&refused).into_iter().map(|(f, _)| f).collect();
                assert_eq!(fields, wrong, "{from} {to}");
            }
        }
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_tells_64_codes_apart_and_counts_the_rest() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    for n in 0..72 {
        let id = submit(&blog, n).await;
        let request = v1::DecideCommentRequest {
            reason_code: format!("code-{}", n % 70),
            ..on(&id, 1, Verdict::Reject)
        };
        mira.decide(request).await.unwrap();
    }
    let report = report(&blog).await;
    assert_eq!(report.decisions, verdicts(0, 72, 0, 0));
    assert_eq!((report.reasons.len(), report.other_reasons), (64, 6));
    assert_eq!(report.reasons[0].decisions, 2, "most first");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_tells_what_readers_are_told() {
    let desk = Desk::start().await;
    let policy = v1::Policy {
        rejection_reasons: rejection_reasons(&[("insult", "It insults somebody.")]),
        ..everything_waits()
    };
    let blog = desk.site(SITE, policy).await;
    let mira = desk.moderator(0, SITE, "mira").await;
    let id = submit(&blog, 0).await;
    let request = v1::DecideCommentRequest {
        reason_code: "insult".to_owned(),
        ..on(&id, 1, Verdict::Reject)
    };
    mira.decide(request).await.unwrap();
    let reasons = report(&blog).await.reasons;
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].text, "It insults somebody.");
    desk.finish().await;
}
