//! What is wrong with a bulk decision is said at once, and nothing is changed.

use replydesk::{
    comment::ids::OperationId,
    proto::v1::{self, Verdict, bulk_decide_request::Selector},
};
use tonic::Code;

use super::{SITE, audited, states, submit, submit_many, submit_wave};
use crate::harness::{
    Desk,
    bulk::{numbers, order, these},
    comments::{everything_waits, nth},
    refusals::{told, violations},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_is_told_at_once() {
    let desk = Desk::start().await;
    desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let request = v1::BulkDecideRequest {
        site: SITE.to_owned(),
        thread_id: "\n".to_owned(),
        verdict: Verdict::Escalate.into(),
        reason_code: "Off Topic".to_owned(),
        note: "\u{1b}".to_owned(),
        ..Default::default()
    };
    let refused = ada.bulk(request).await.unwrap_err();
    let fields: Vec<_> = violations(&refused).into_iter().map(|(f, _)| f).collect();
    assert_eq!(
        fields,
        [
            "operation_id",
            "selector",
            "thread_id",
            "verdict",
            "reason_code",
            "note"
        ]
    );
    let too_many: Vec<String> = (0..1_001).map(|n| nth(SITE, n).comment_id).collect();
    for (selector, field) in [
        (these(&[]), "ids.comment_ids"),
        (these(&too_many), "ids.comment_ids"),
        (these(&["x".to_owned()]), "ids.comment_ids"),
        (Selector::WaveId("0".to_owned()), "wave_id"),
        (Selector::AuthorOf(String::new()), "author_of"),
        (Selector::Lane(0), "lane"),
        (Selector::Lane(5), "lane"),
    ] {
        let refused = ada.bulk(order(SITE, selector, Verdict::Spam)).await;
        let refused = refused.unwrap_err();
        assert_eq!(violations(&refused)[0].0, field);
    }
    assert_eq!(audited(&ada).await, []);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_elsewhere_is_refused() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(0, "herald", "ben").await;
    let (ids, wave) = submit_wave(&blog, 0..2).await;
    let mut nameless = nth(SITE, 7);
    nameless.author.as_mut().unwrap().email = String::new();
    let mut policy = everything_waits();
    policy.required = Some(v1::RequiredFields {
        email: Some(false),
        ..Default::default()
    });
    let admin = desk.admin();
    admin.update_policy(SITE, "", policy, 0).await.unwrap();
    let nameless = crate::harness::until::until(
        "the policy holds",
        std::time::Duration::from_secs(5),
        async || {
            blog.submit(nameless.clone())
                .await
                .ok()
                .map(|_| nameless.comment_id.clone())
        },
    )
    .await;
    let refused = async |client: &crate::harness::clients::Client, site: &str, selector| {
        let request = order(site, selector, Verdict::Spam);
        let preview = client.preview(&request).await.unwrap_err();
        let refused = client.bulk(request).await.unwrap_err();
        assert_eq!(told(&preview), told(&refused));
        told(&refused)
    };
    let not_found = |reason: &str| (Code::NotFound, reason.to_owned());
    assert_eq!(
        refused(&ada, SITE, Selector::WaveId("4711".to_owned())).await,
        not_found("WAVE_NOT_FOUND")
    );
    assert_eq!(
        refused(&ben, "herald", Selector::WaveId(wave.clone())).await,
        not_found("WAVE_NOT_FOUND")
    );
    assert_eq!(
        refused(&ben, "herald", Selector::AuthorOf(ids[0].clone())).await,
        not_found("COMMENT_NOT_FOUND")
    );
    assert_eq!(
        refused(&ada, SITE, Selector::AuthorOf(nameless)).await,
        (Code::FailedPrecondition, "NO_AUTHOR".to_owned())
    );
    assert_eq!(
        refused(&ada, "herald", Selector::WaveId(wave.clone()))
            .await
            .0,
        Code::PermissionDenied
    );
    assert_eq!(
        refused(&desk.admin(), "nowhere", Selector::WaveId(wave)).await,
        not_found("SITE_NOT_FOUND")
    );
    // Another site's comments are nobody's here.
    let result = ben.bulk(order("herald", these(&ids), Verdict::Spam)).await;
    assert_eq!(numbers(result.unwrap().counts), [0, 0, 0, 0, 2]);
    for unknown in [OperationId::fresh().to_string()] {
        let undo = ada.undo_bulk(SITE, &unknown).await.unwrap_err();
        assert_eq!(told(&undo), not_found("OPERATION_NOT_FOUND"));
        let listed = ada.bulk_changes(SITE, &unknown, false).await.unwrap_err();
        assert_eq!(told(&listed), not_found("OPERATION_NOT_FOUND"));
    }
    assert_eq!(
        states(&blog, &ids).await,
        [(v1::CommentState::Pending, 1); 2]
    );
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_operations_only() {
    let desk = Desk::start().await;
    let blog = desk.site(SITE, everything_waits()).await;
    let ada = desk.moderator(0, SITE, "ada").await;
    let ben = desk.moderator(0, SITE, "ben").await;
    let ids = submit_many(&blog, 0..3).await;
    let request = order(SITE, these(&ids[..1]), Verdict::Spam);
    ada.bulk(request.clone()).await.unwrap();
    let other = |change: fn(&mut v1::BulkDecideRequest)| {
        let mut other = request.clone();
        change(&mut other);
        other
    };
    let mut more = request.clone();
    more.selector = Some(these(&ids));
    let differing = [
        more,
        other(|r| r.verdict = Verdict::Reject.into()),
        other(|r| r.reason_code = "spam".to_owned()),
        other(|r| r.note = "why".to_owned()),
        other(|r| r.thread_id = "tram".to_owned()),
        other(|r| r.selector = Some(Selector::Lane(v1::Lane::Review.into()))),
    ];
    let reused = (Code::AlreadyExists, "OPERATION_ID_REUSED".to_owned());
    for differing in differing {
        assert_eq!(told(&ada.bulk(differing).await.unwrap_err()), reused);
    }
    assert_eq!(
        told(&ben.bulk(request).await.unwrap_err()),
        reused,
        "another's"
    );
    assert_eq!(
        states(&blog, &ids[1..]).await,
        [(v1::CommentState::Pending, 1); 2]
    );
    assert_eq!(audited(&ada).await.len(), 1);
    submit(&blog, nth(SITE, 50)).await;
    desk.finish().await;
}
