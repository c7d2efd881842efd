//! The real thing: two replicas on a real Redis, each with a connection of its own beside it.

use std::{cell::RefCell, time::Duration};

use proptest_state_machine::StateMachineTest;
use replydesk::{
    comment::{
        event::Event,
        ids::{CommentId, KeyId, KeyedHash, SiteId, ThreadId},
        lease::LeaseToken,
        limits::{Limit, Limits},
        observed::Fingerprints,
        score::{Probability, Score},
        state::{CommentState, Outcome, Verdict},
        stored::{CommentContent, ThreadDetails},
    },
    proto::v1::{self, work_queue_response::answer::Result as Answer},
    store::{
        connection::{Store, StoreSettings},
        keys,
        submit::{NewComment as ToStore, Stored},
    },
};
use tokio::runtime::Runtime;
use tonic::Code;

use super::{
    check,
    model::{Act, MODERATORS, Model, NewComment, REPLICAS, Reply, Ruling, Sent, Time, Visit},
    transition::Step,
};
use crate::harness::{
    Desk,
    clients::{Client, Work},
    comments::everything_waits,
};

pub const SITE: &str = "gazette";
pub const LEASE: Duration = Duration::from_secs(120);
pub const COOL_DOWN: Duration = Duration::from_secs(30);
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Machine {
    runtime: Runtime,
    pub real: Real,
}

pub struct Real {
    pub desk: Desk,
    pub site: SiteId,
    pub stores: Vec<Store>,
    /// Past the service, for looking.
    pub look: RefCell<redis::Connection>,
    /// What somebody has seen who goes on from the last cursor after each step.
    pub followed: RefCell<Vec<Event>>,
    moderators: Vec<String>,
    /// By replica and moderator.
    clients: Vec<Vec<Client>>,
}

impl StateMachineTest for Machine {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = Runtime::new().unwrap();
        let real = runtime.block_on(Real::start());
        Self { runtime, real }
    }

    fn apply(mut self_: Self, model: &Model, (replica, _): Step) -> Self {
        let replica = usize::from(replica);
        let work = self_.real.carry_out(replica, model);
        let reply = self_
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, work).await });
        let reply = reply.unwrap_or_else(|_| panic!("no end: {:?}", model.sent));
        assert_eq!(reply, model.reply, "{:?}", model.sent);
        self_
    }

    fn check_invariants(machine: &Self, model: &Model) {
        machine
            .runtime
            .block_on(check::everything(&machine.real, model));
    }

    fn teardown(machine: Self, _: Model) {
        machine.runtime.block_on(machine.real.end());
    }
}

/// Names in the order of their numbers: at the same due time Redis goes by name.
pub fn id(n: usize) -> CommentId {
    let mut bytes = [0x11; 16];
    bytes[12..].copy_from_slice(&u32::try_from(n).unwrap().to_be_bytes());
    CommentId::from_bytes(bytes)
}

pub fn number(id: &CommentId) -> usize {
    let bytes = id.as_bytes();
    usize::try_from(u32::from_be_bytes([
        bytes[12], bytes[13], bytes[14], bytes[15],
    ]))
    .unwrap()
}

pub fn token(n: u64) -> LeaseToken {
    LeaseToken::from_bytes(n.to_be_bytes()).unwrap()
}

pub fn thread(n: u8) -> ThreadId {
    format!("article-{n}").parse().unwrap()
}

pub fn author(n: u8) -> KeyedHash {
    KeyedHash::from_bytes([n + 1; 16])
}

impl Real {
    async fn start() -> Self {
        // Streams must not look again by themselves while a step is checked.
        let settings = [("moderation.poll_ms", "60000")];
        let desk = Desk::with(usize::from(REPLICAS), &settings).await;
        desk.site(SITE, everything_waits()).await;
        let mut moderators = Vec::new();
        for n in 0..MODERATORS {
            moderators.push(
                desk.key(&[SITE], v1::Role::Moderator, &format!("moderator-{n}"))
                    .await,
            );
        }
        let mut stores = Vec::new();
        for _ in 0..REPLICAS {
            stores.push(
                Store::open(StoreSettings::new(desk.redis.url()))
                    .await
                    .unwrap(),
            );
        }
        let mut real = Self {
            look: RefCell::new(desk.redis.look()),
            followed: RefCell::default(),
            desk,
            site: SITE.parse().unwrap(),
            stores,
            moderators,
            clients: Vec::new(),
        };
        real.clients = (0..REPLICAS)
            .map(|n| real.clients_of(usize::from(n)))
            .collect();
        real
    }

    fn clients_of(&self, replica: usize) -> Vec<Client> {
        let keys = self.moderators.iter();
        keys.map(|key| self.desk.client(replica, key)).collect()
    }

    /// Whatever is still leased goes back first: the desk asserts that nothing is left.
    async fn end(self) {
        let held: Vec<(Vec<u8>, Vec<u8>)> = redis::cmd("HGETALL")
            .arg(keys::lease_tokens(&self.site))
            .query(&mut *self.look.borrow_mut())
            .unwrap();
        let held: Vec<_> = held
            .into_iter()
            .map(|(token, id)| {
                let token = LeaseToken::from_bytes(token.try_into().unwrap()).unwrap();
                (CommentId::from_bytes(id.try_into().unwrap()), token)
            })
            .collect();
        self.stores[0]
            .release(&self.site, &held, Duration::ZERO)
            .await
            .unwrap();
        for store in &self.stores {
            store.shutdown().await;
        }
        self.desk.finish().await;
    }

    async fn carry_out(&mut self, replica: usize, model: &Model) -> Reply {
        let store = &self.stores[replica];
        match &model.sent {
            Sent::Nothing => Reply::Nothing,
            Sent::Submit(new) => {
                self.submit(replica, model.comments.len() - 1, *new, 1, false)
                    .await
            }
            Sent::Check => {
                self.submit(replica, model.comments.len(), SOMETHING, 1, true)
                    .await
            }
            Sent::SubmitAgain(comment, same) => {
                let salt = if *same { 1 } else { 2 };
                self.submit(replica, *comment, SOMETHING, salt, false).await
            }
            Sent::Claim(moderator, tokens) => {
                let tokens: Vec<_> = tokens.iter().map(|n| token(*n)).collect();
                let holder = KeyId::from_bytes([*moderator; 8]);
                let items = store
                    .claim(&self.site, holder, &tokens, LEASE, LEASE)
                    .await
                    .unwrap();
                let items = items.iter().map(|leased| {
                    let token = u64::from_be_bytes(*leased.token.as_bytes());
                    (number(&leased.item.comment.id), token)
                });
                Reply::Claimed(items.collect())
            }
            Sent::Renew((comment, n)) => {
                let held = [(id(*comment), token(*n))];
                let renewed = store.renew(&self.site, &held, LEASE).await.unwrap();
                Reply::Held(renewed[0].is_some())
            }
            Sent::Release((comment, n), cool) => {
                let rest = if *cool { COOL_DOWN } else { Duration::ZERO };
                let held = [(id(*comment), token(*n))];
                Reply::Held(store.release(&self.site, &held, rest).await.unwrap()[0])
            }
            Sent::Pass(comment, to) => self.pass(*comment, *to),
            Sent::Decide(ruling) => self.decide(replica, ruling).await,
            Sent::Visit(visit) => self.visit(replica, visit, model).await,
        }
    }

    async fn submit(
        &self,
        replica: usize,
        n: usize,
        new: NewComment,
        salt: u8,
        only_check: bool,
    ) -> Reply {
        let most = Limit::new(Limit::MAX, Limit::MAX).unwrap();
        let content = content(n, new);
        let stored = self.stores[replica]
            .submit(&ToStore {
                site: &self.site,
                id: id(n),
                digest: [salt; 8],
                outcome: new.outcome,
                content: &content,
                thread: &ThreadDetails::default(),
                contact: None,
                prints: &Fingerprints {
                    author: new.author.map(author),
                    ..Fingerprints::default()
                },
                limits: &Limits {
                    author: most,
                    ip_address: most,
                    thread: most,
                    site: most,
                },
                judged_at: None,
                due_in: new
                    .due_in
                    .map(|hours| Duration::from_secs(3600) * u32::from(hours)),
                only_check,
            })
            .await
            .unwrap();
        match stored {
            Stored::Admitted { .. } => Reply::Admitted,
            Stored::Known(known) => Reply::Known(known.state, known.version.get()),
            Stored::IdReused => Reply::IdReused,
            other => panic!("{other:?}"),
        }
    }

    /// Makes time pass, or jump back, for one lease: its end moves, not the clock.
    fn pass(&self, comment: usize, to: Time) -> Reply {
        let (seconds, micros): (i64, i64) = self.desk.redis.ask(&["TIME"]);
        const YEAR_MS: i64 = 365 * 24 * 3600 * 1000;
        let end = seconds * 1000 + micros / 1000 + if to == Time::Over { -1 } else { YEAR_MS };
        let _: i64 = redis::cmd("ZADD")
            .arg(keys::leases(&self.site))
            .arg("XX")
            .arg(end)
            .arg(id(comment).as_bytes())
            .query(&mut *self.look.borrow_mut())
            .unwrap();
        Reply::Nothing
    }

    async fn decide(&self, replica: usize, ruling: &Ruling) -> Reply {
        let said = ruling.said;
        let request = v1::DecideCommentRequest {
            site: SITE.to_owned(),
            comment_id: id(ruling.comment).to_string(),
            version: said.version,
            verdict: said.verdict as i32,
            lease_token: ruling
                .token
                .map_or_else(String::new, |n| token(n).to_string()),
            override_lease: ruling.override_lease,
            ..Default::default()
        };
        let client = &self.clients[replica][usize::from(said.moderator)];
        match client.decide(request).await {
            Ok(decision) => Reply::Decided {
                state: state(decision.state),
                version: decision.version,
                replayed: decision.replayed,
            },
            Err(status) => refusal(&status),
        }
    }

    async fn visit(&mut self, replica: usize, visit: &Visit, model: &Model) -> Reply {
        let Reply::Visited(expected) = &model.reply else {
            panic!("no visit")
        };
        let client = &self.clients[replica][usize::from(visit.moderator)];
        let prefetch = i32::try_from(visit.prefetch).unwrap();
        let mut work = client.work(SITE, prefetch).await.unwrap();
        let mut came = Vec::new();
        for done in 0..=visit.acts.len() {
            while came.len() < expected.len().min(done + visit.prefetch) {
                came.push(work.item().await);
            }
            let (Some(act), Some(item)) = (visit.acts.get(done), came.get(done)) else {
                break;
            };
            self::act(&mut work, *act, item).await;
        }
        let came = came
            .iter()
            .map(|item| number(&item.comment.as_ref().unwrap().comment_id.parse().unwrap()));
        let came = came.collect();
        if visit.stop {
            self.replace(replica, work).await;
        } else {
            let unasked = work.leave().await.unwrap();
            assert_eq!(unasked, [], "came without a free hand");
        }
        Reply::Visited(came)
    }

    /// The replica stops in order, which ends the stream and gives its leases back; another takes its place.
    async fn replace(&mut self, replica: usize, mut work: Work) {
        self.desk.replicas[replica].tell_to_stop();
        let end = work.next().await.unwrap_err();
        assert_eq!(end.code(), Code::Unavailable, "{end:?}");
        drop(work);
        self.clients[replica].clear();
        self.desk.replicas[replica].stop().await;
        let new = self.desk.add_replica().await;
        self.desk.replicas.swap_remove(replica);
        assert_eq!(new, self.desk.replicas.len());
        // `swap_remove` has put the new one where the old one was.
        self.clients[replica] = self.clients_of(replica);
    }
}

async fn act(work: &mut Work, act: Act, item: &v1::ReviewItem) {
    match act {
        Act::Decide(verdict) => {
            let verdict = match verdict {
                Verdict::Approve => v1::Verdict::Approve,
                Verdict::Reject => v1::Verdict::Reject,
                Verdict::Spam => v1::Verdict::Spam,
            };
            work.decide(item, verdict).await;
            assert!(matches!(work.answer().await, Answer::Decision(d) if !d.replayed));
        }
        Act::Skip => {
            work.skip(item).await;
            assert!(matches!(work.answer().await, Answer::Skipped(_)));
        }
    }
}

const SOMETHING: NewComment = NewComment {
    outcome: Outcome::Pending,
    due_in: Some(0),
    author: None,
    thread: 0,
};

fn content(n: usize, new: NewComment) -> CommentContent {
    CommentContent {
        thread: thread(new.thread),
        parent: None,
        display_name: "Jo Reader".to_owned(),
        website: String::new(),
        account_id: String::new(),
        body: format!("Point {n} of the debate."),
        author: new.author.map(author),
        sealed_contact: Vec::new(),
        reasons: Vec::new(),
        score: Score {
            probability: Probability::new(0.5).unwrap(),
            contributions: Vec::new(),
            model: 1,
        },
        signals: Vec::new(),
    }
}

fn state(number: i32) -> CommentState {
    CommentState::from_number(u8::try_from(number).unwrap()).unwrap()
}

fn refusal(status: &tonic::Status) -> Reply {
    use tonic_types::StatusExt;
    let info = status.get_details_error_info().unwrap();
    match (status.code(), info.reason.as_str()) {
        (Code::NotFound, _) => Reply::NotFound,
        (Code::FailedPrecondition, "LEASED_BY_ANOTHER") => Reply::LeasedByAnother,
        (Code::Aborted, "STALE_VERSION") => {
            let word = &info.metadata["state"];
            let state = CommentState::ALL
                .into_iter()
                .find(|state| word.ends_with(state.word()));
            Reply::Stale(state.unwrap(), info.metadata["version"].parse().unwrap())
        }
        _ => panic!("{status:?}"),
    }
}
