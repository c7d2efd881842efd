//! Replicas agree, and each decision teaches exactly once, whatever crashes.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use replydesk::proto::v1::{self, Verdict};
use tonic::Code;

use crate::{
    harness::{
        Desk,
        clients::Client,
        comments::{everything_waits, nth},
        learning::{Reader, digest_of, same_digest, taught_by_feed},
        process::Process,
    },
    soak::dice::Dice,
};

const SITES: [&str; 2] = ["gazette", "herald"];

/// How much happens, and how bad it gets.
pub struct Faults {
    pub decisions: usize,
    /// `kill -9` of the replica that is a process.
    pub kills: usize,
    /// Connections to Redis cut.
    pub cuts: usize,
    /// Restarts of the replica in this process.
    pub restarts: usize,
    pub settings: &'static [(&'static str, &'static str)],
}

/// Who submits and decides, at whatever replica is there.
struct Newsroom {
    blogs: HashMap<&'static str, Client>,
    moderators: HashMap<&'static str, Client>,
    /// Comments with the version that they stand at.
    comments: Vec<(&'static str, String, u32)>,
    submitted: usize,
    /// Where they call now, blog and moderator of each site: a connection each, kept.
    calling: HashMap<(&'static str, SocketAddr), (Client, Client)>,
}

impl Newsroom {
    async fn open(desk: &Desk) -> Self {
        let (mut blogs, mut moderators) = (HashMap::new(), HashMap::new());
        for site in SITES {
            let policy = v1::Policy {
                share_learning: Some(site != SITES[1]),
                ..everything_waits()
            };
            blogs.insert(site, desk.site(site, policy).await);
            moderators.insert(site, desk.moderator(0, site, "ada").await);
        }
        Self {
            blogs,
            moderators,
            comments: Vec::new(),
            submitted: 0,
            calling: HashMap::new(),
        }
    }

    fn at(&mut self, site: &'static str, at: SocketAddr) -> (Client, Client) {
        let call = || {
            (
                self.blogs[site].through(at),
                self.moderators[site].through(at),
            )
        };
        self.calling.entry((site, at)).or_insert_with(call).clone()
    }

    /// A decision: on a new comment, or a change of mind. What fails is tried again, and may have been carried out.
    async fn decide(&mut self, dice: &mut Dice, at: SocketAddr) {
        if self.comments.is_empty() || dice.chance(70) {
            self.submit(dice, at).await;
        }
        let which = dice.number(self.comments.len() as u64) as usize;
        let (site, id, version) = self.comments[which].clone();
        let verdict = [Verdict::Approve, Verdict::Spam, Verdict::Reject][dice.number(3) as usize];
        let request = v1::DecideCommentRequest {
            site: site.to_owned(),
            comment_id: id,
            version,
            verdict: verdict.into(),
            ..Default::default()
        };
        let (_, ada) = self.at(site, at);
        loop {
            match ada.decide(request.clone()).await {
                Ok(decision) => return self.comments[which].2 = decision.version,
                Err(status) => assert_eq!(status.code(), Code::Unavailable, "{status:?}"),
            }
        }
    }

    async fn submit(&mut self, dice: &mut Dice, at: SocketAddr) {
        let site = SITES[dice.number(2) as usize];
        let request = nth(site, self.submitted);
        self.submitted += 1;
        let (blog, _) = self.at(site, at);
        loop {
            match blog.submit(request.clone()).await {
                Ok(receipt) => {
                    return self
                        .comments
                        .push((site, request.comment_id, receipt.version));
                }
                Err(status) => assert_eq!(status.code(), Code::Unavailable, "{status:?}"),
            }
        }
    }
}

/// What may go wrong, next.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Kill,
    Cut,
    Restart,
}

/// When what happens: at which decision.
fn plan(faults: &Faults, dice: &mut Dice) -> Vec<(usize, Fault)> {
    let all = [
        (Fault::Kill, faults.kills),
        (Fault::Cut, faults.cuts),
        (Fault::Restart, faults.restarts),
    ];
    let mut plan: Vec<(usize, Fault)> = Vec::new();
    for (fault, times) in all {
        for _ in 0..times {
            plan.push((dice.number(faults.decisions as u64) as usize, fault));
        }
    }
    plan.sort_by_key(|(at, _)| *at);
    plan
}

/// Two replicas, one a process that is killed, one in this process, under random decisions. They end with the same
/// digest, and with that of a single process that read the log from its start; and the log is what the feeds teach, each
/// decision exactly once and in order.
pub async fn agree(faults: Faults) {
    let mut dice = Dice::of_this_run();
    let mut desk = Desk::with(1, faults.settings).await;
    let mut killed = Some(desk.process().await);
    let mut newsroom = Newsroom::open(&desk).await;
    let reader = Reader::start(desk.redis.store().await);
    let mut plan = plan(&faults, &mut dice);
    let mut here = 0;
    for n in 0..faults.decisions {
        while plan.first().is_some_and(|(at, _)| *at == n) {
            match plan.remove(0).1 {
                Fault::Kill => {
                    killed.take().unwrap().kill().await;
                    killed = Some(desk.process().await);
                }
                Fault::Cut => {
                    for kind in ["normal", "pubsub"] {
                        let _: i64 = desk.redis.ask(&["CLIENT", "KILL", "TYPE", kind]);
                    }
                }
                Fault::Restart => {
                    desk.replicas[here].stop().await;
                    here = desk.add_replica().await;
                }
            }
        }
        let there = killed.as_ref().unwrap().address;
        let at = if dice.chance(50) {
            there
        } else {
            desk.replicas[here].address
        };
        newsroom.decide(&mut dice, at).await;
    }
    let store = desk.redis.store().await;
    let expected = [
        taught_by_feed(&store, SITES[0], true).await,
        taught_by_feed(&store, SITES[1], false).await,
    ];
    let lessons = expected.iter().map(Vec::len).sum::<usize>();
    let process: Process = killed.unwrap();
    let addresses = [desk.replicas[here].address, process.address];
    let stand = desk.until_learnt(&addresses, lessons as u64).await;
    let digest = same_digest(&stand);
    let (model, log) = reader.stop().await;
    assert_eq!(digest, digest_of(&model), "the single process");
    assert_eq!(log.len(), lessons);
    for lessons in expected {
        // The sites' tags tell whose a lesson is.
        let tag = lessons[0][2..6].to_vec();
        let of_site: Vec<_> = log
            .iter()
            .filter(|lesson| lesson[2..6] == tag[..])
            .cloned()
            .collect();
        assert!(of_site == lessons, "each decision teaches once, in order");
    }
    println!(
        "{} decisions on {} comments, {lessons} lessons; kills {}, cuts {}, restarts {}; digest {digest}; {:#?}",
        faults.decisions,
        newsroom.comments.len(),
        faults.kills,
        faults.cuts,
        faults.restarts,
        stand
    );
    drop(process);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_agree_whatever_crashes_and_each_decision_teaches_once() {
    let settings = &[
        ("learning.lease_ms", "500"),
        ("learning.poll_ms", "200"),
        ("learning.snapshot_lessons", "40"),
        ("learning.snapshot_s", "2"),
    ];
    let faults = Faults {
        decisions: 300,
        kills: 1,
        cuts: 2,
        restarts: 1,
        settings,
    };
    tokio::time::timeout(Duration::from_secs(120), agree(faults))
        .await
        .unwrap();
}
