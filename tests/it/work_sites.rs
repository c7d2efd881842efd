//! A moderator's stream for several sites: served in turn, each checked, each told of.

use std::collections::HashSet;

use replydesk::{
    comment::lane::Lane,
    proto::v1::{
        self, Verdict, work_queue_request as up, work_queue_response::answer::Result as Answer,
    },
};
use tonic::Code;

use crate::harness::{
    Desk,
    comments::everything_waits,
    refusals::{told, violations},
    sessions::{AT_ONCE, NO_POLL, id, move_to_lane, next_item, starting, submit},
    until::until,
};

#[tokio::test(flavor = "multi_thread")]
async fn sites_are_served_in_turn_and_a_busy_one_starves_nobody() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let sites = ["gazette", "herald", "courier"];
    let mut blogs = Vec::new();
    for site in sites {
        blogs.push(desk.site(site, everything_waits()).await);
    }
    let key = desk.key(&sites, v1::Role::Moderator, "ada").await;
    let ada = desk.client(0, &key);
    for n in 0..12 {
        submit(&blogs[0], "gazette", n).await;
    }
    for n in 0..3 {
        submit(&blogs[1], "herald", n).await;
    }
    let mut work = ada.start(starting(&sites, 1, &[])).await.unwrap();
    let mut came = Vec::new();
    for _ in 0..8 {
        let item = next_item(&mut work).await;
        came.push(item.comment.as_ref().unwrap().site.clone());
        work.decide(&item, Verdict::Approve).await;
        assert!(matches!(work.answer().await, Answer::Decision(_)));
    }
    let turns = ["gazette", "herald"].into_iter().cycle().take(6);
    let expected: Vec<_> = turns.chain(["gazette", "gazette"]).collect();
    assert_eq!(came, expected);
    // The idle one is heard as soon as it has something.
    let new = submit(&blogs[2], "courier", 0).await;
    let holding = next_item(&mut work).await;
    work.decide(&holding, Verdict::Approve).await;
    assert!(matches!(work.answer().await, Answer::Decision(_)));
    assert_eq!(id(&next_item(&mut work).await), new);
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outstanding_items_of_all_sites_together_never_exceed_the_prefetch() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let sites = ["gazette", "herald"];
    for site in sites {
        let blog = desk.site(site, everything_waits()).await;
        for n in 0..10 {
            submit(&blog, site, n).await;
        }
    }
    let key = desk.key(&sites, v1::Role::Moderator, "ada").await;
    let ada = desk.client(0, &key);
    let mut work = ada.start(starting(&sites, 5, &[])).await.unwrap();
    let mut held = HashSet::new();
    for _ in 0..5 {
        held.insert(id(&next_item(&mut work).await));
    }
    assert_eq!(held.len(), 5);
    let leased = ada.stats("gazette").await.leased + ada.stats("herald").await.leased;
    assert_eq!(leased, 5);
    let unasked = work.leave().await.unwrap();
    assert_eq!(unasked, [], "came without a free hand");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_site_and_lane_of_a_start_is_checked() {
    let desk = Desk::start().await;
    desk.site("gazette", everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let ada = desk.moderator(0, "gazette", "ada").await;
    let everywhere = desk.key(&[], v1::Role::Moderator, "ben").await;
    let ben = desk.client(0, &everywhere);
    let with_wave = |sites: &[&str], wave: &str| up::Start {
        within: Some(up::start::Within::WaveId(wave.to_owned())),
        ..starting(sites, 1, &[])
    };
    let with_thread = up::Start {
        within: Some(up::start::Within::ThreadId(String::new())),
        ..starting(&["gazette"], 1, &[])
    };
    let many: Vec<String> = (0..21).map(|n| format!("site-{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let unknown_lane = up::Start {
        lanes: vec![1, 17],
        ..starting(&["gazette"], 1, &[])
    };
    for (start, fields) in [
        (starting(&[], 1, &[]), &["start.sites"][..]),
        (starting(&many, 1, &[]), &["start.sites"]),
        (starting(&["gazette", "gazette"], 1, &[]), &["start.sites"]),
        (unknown_lane, &["start.lanes"]),
        (
            starting(&["gazette"], 1, &[v1::Lane::Review, v1::Lane::Review]),
            &["start.lanes"],
        ),
        (
            starting(&["no site!"], 101, &[v1::Lane::Unspecified]),
            &["start.sites", "start.prefetch", "start.lanes"],
        ),
        (with_wave(&["gazette"], "seventeen!"), &["start.wave_id"]),
        (
            with_wave(&["gazette", "herald"], "0000000000000001"),
            &["start.wave_id"],
        ),
        (with_thread, &["start.thread_id"]),
    ] {
        let refused = ben.start(start.clone()).await.err().unwrap();
        assert_eq!(refused.code(), Code::InvalidArgument, "{start:?}");
        let found: Vec<_> = violations(&refused).into_iter().map(|v| v.0).collect();
        assert_eq!(found, fields, "{start:?}");
    }
    for (who, start, code, reason) in [
        (
            &ben,
            with_wave(&["gazette"], "4711"),
            Code::NotFound,
            "WAVE_NOT_FOUND",
        ),
        (
            &ada,
            starting(&["gazette", "herald"], 1, &[]),
            Code::PermissionDenied,
            "WRONG_SITE",
        ),
        (
            &ben,
            starting(&["gazette", "nowhere"], 1, &[]),
            Code::NotFound,
            "SITE_NOT_FOUND",
        ),
        (
            &ada,
            starting(&["gazette"], 1, &[v1::Lane::Escalated]),
            Code::PermissionDenied,
            "WRONG_ROLE",
        ),
    ] {
        let refused = who.start(start.clone()).await.err().unwrap();
        assert_eq!(told(&refused), (code, reason.to_owned()), "{start:?}");
    }
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_tell_how_each_lane_of_each_site_stands() {
    let desk = Desk::with(1, &[NO_POLL]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(submit(&blog, "gazette", n).await);
    }
    move_to_lane(&desk, "gazette", &ids[0], Lane::Reported, 1);
    let key = desk
        .key(&["gazette", "herald"], v1::Role::Moderator, "ada")
        .await;
    let ada = desk.client(0, &key);
    let start = starting(&["herald", "gazette"], 1, &[v1::Lane::Appeals]);
    let mut work = ada.start(start).await.unwrap();
    let beat = until("a heartbeat", AT_ONCE, async || work.heartbeat().await).await;
    let sites: Vec<_> = beat.sites.iter().map(|queue| queue.site.as_str()).collect();
    assert_eq!(sites, ["herald", "gazette"]);
    for (queue, waiting) in beat.sites.iter().zip([[0; 4], [2, 1, 0, 0]]) {
        let lanes: Vec<_> = queue.lanes.iter().map(v1::LaneStats::lane).collect();
        let all = [
            v1::Lane::Review,
            v1::Lane::Reported,
            v1::Lane::Escalated,
            v1::Lane::Appeals,
        ];
        assert_eq!(lanes, all);
        let depths: Vec<_> = queue.lanes.iter().map(|lane| lane.waiting).collect();
        assert_eq!(depths, waiting);
        for lane in &queue.lanes {
            assert_eq!(lane.oldest_waiting.is_some(), lane.waiting > 0);
        }
        assert!(queue.stats.is_some());
    }
    work.leave().await.unwrap();
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_is_told_of_their_sites_with_reasons_and_lanes() {
    let desk = Desk::start().await;
    let reason = v1::RejectionReason {
        code: "insult".to_owned(),
        text: "It insults a person.".to_owned(),
    };
    let policy = v1::Policy {
        rejection_reasons: vec![reason.clone()],
        ..everything_waits()
    };
    desk.site("gazette", policy).await;
    desk.site("herald", everything_waits()).await;
    let open = [Lane::Review, Lane::Reported, Lane::Appeals];
    for (role, lanes) in [
        (v1::Role::Moderator, open.to_vec()),
        (v1::Role::SeniorModerator, Lane::ALL.to_vec()),
    ] {
        let someone = desk.someone(0, "gazette", role, "ada").await;
        let request = v1::ListModeratedSitesRequest {};
        let answer = someone
            .moderation
            .clone()
            .list_moderated_sites(request)
            .await;
        let sites = answer.unwrap().into_inner().sites;
        let told: Vec<i32> = lanes.iter().map(|lane| i32::from(lane.number())).collect();
        let expected = v1::ModeratedSite {
            site: "gazette".to_owned(),
            display_name: sites[0].display_name.clone(),
            rejection_reasons: vec![reason.clone()],
            lanes: told,
        };
        assert_eq!(sites, [expected], "{role:?}");
    }
    desk.finish().await;
}
