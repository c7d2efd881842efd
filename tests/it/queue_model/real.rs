//! The real thing: two replicas on a real Redis, and for each a connection as it has one.

use std::{cell::RefCell, time::Duration};

use replydesk::{
    comment::{
        event::Event,
        ids::{CommentId, KeyId, SiteId},
        lanes::Lanes,
        lease::LeaseToken,
        limits::{Limit, Limits},
        observed::Fingerprints,
        score::{Probability, Score},
        state::{CommentState, Outcome, Word},
        stored::{CommentContent, ThreadDetails},
    },
    proto::v1,
    store::{
        connection::{Store, StoreSettings},
        keys,
        leases::Claim,
        submit::{NewComment as ToStore, Stored},
    },
};
use tonic::Code;

use super::{
    model::{MODERATORS, Model, REPLICAS, SENIOR},
    names::{author, id, number, thread, token},
    words::{Bulk, NewComment, Reply, Ruling, Sent, Time, Undo},
};
use crate::harness::{
    Desk,
    bulk::{numbers, order, these, undo_numbers},
    clients::Client,
    comments::everything_waits,
};

pub const SITE: &str = "gazette";
const LEASE: Duration = Duration::from_secs(120);
const COOL_DOWN: Duration = Duration::from_secs(30);

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
    pub clients: Vec<Vec<Client>>,
    /// The blog's, of each replica.
    blogs: Vec<Client>,
    /// The bulk operations, as they were asked for.
    orders: Vec<v1::BulkDecideRequest>,
}

impl Real {
    pub async fn start() -> Self {
        // Streams must not look again by themselves while a step is checked.
        let settings = [("moderation.poll_ms", "60000")];
        let desk = Desk::with(usize::from(REPLICAS), &settings).await;
        let blog = desk.site(SITE, everything_waits()).await;
        let mut moderators = Vec::new();
        for n in 0..MODERATORS {
            let role = if n == SENIOR {
                v1::Role::SeniorModerator
            } else {
                v1::Role::Moderator
            };
            moderators.push(desk.key(&[SITE], role, &format!("moderator-{n}")).await);
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
            blogs: Vec::new(),
            orders: Vec::new(),
        };
        real.blogs = (0..REPLICAS)
            .map(|n| blog.through(real.desk.replicas[usize::from(n)].address))
            .collect();
        real.clients = (0..REPLICAS)
            .map(|n| real.clients_of(usize::from(n)))
            .collect();
        real
    }

    pub fn clients_of(&self, replica: usize) -> Vec<Client> {
        let keys = self.moderators.iter();
        keys.map(|key| self.desk.client(replica, key)).collect()
    }

    /// Whatever is still leased goes back first: the desk asserts that nothing is left.
    pub async fn end(self) {
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

    pub async fn carry_out(&mut self, replica: usize, model: &Model) -> Reply {
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
                let key = &self.moderators[usize::from(*moderator)];
                let holder: KeyId = key.split('_').nth(1).unwrap().parse().unwrap();
                let claim = Claim {
                    holder,
                    tokens: &tokens,
                    lanes: Lanes::USUAL,
                    within: None,
                    place: 0,
                    lease: LEASE,
                    longest_cool_down: LEASE,
                };
                let claimed = store.claim(&self.site, &claim).await.unwrap();
                let items = claimed.items.iter().map(|leased| {
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
            Sent::Undo(undo) => self.undo(replica, *undo).await,
            Sent::Retract(comment) => self.retract(replica, *comment).await,
            Sent::Appeal(comment, version) => self.appeal(replica, *comment, *version).await,
            Sent::Bulk(operation) => {
                if self.orders.len() == *operation {
                    self.orders.push(order_of(&model.bulks[*operation]));
                }
                self.bulk(replica, *operation, model.bulks[*operation].moderator)
                    .await
            }
            Sent::UndoBulk(operation, moderator) => {
                self.undo_bulk(replica, *operation, *moderator).await
            }
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
                thread_words: None,
                subject_marks: &[],
                wave_decision: None,
                limits: &Limits {
                    author: most,
                    ip_address: most,
                    thread: most,
                    site: most,
                },
                close_threads_after: None,
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
            other @ (Stored::Erased
            | Stored::Stale { .. }
            | Stored::ThreadClosed { .. }
            | Stored::Duplicate { .. }
            | Stored::Refused { .. }
            | Stored::NoSite) => panic!("{other:?}"),
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
            verdict: i32::from(said.word.number()),
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

    async fn undo(&self, replica: usize, undo: Undo) -> Reply {
        let client = &self.clients[replica][usize::from(undo.moderator)];
        let comment = id(undo.comment).to_string();
        match client.undo(SITE, &comment, undo.version).await {
            Ok(undone) => Reply::Undone {
                state: state(undone.state),
                version: undone.version,
                word: Word::from_number(u8::try_from(undone.verdict).unwrap()).unwrap(),
                replayed: undone.replayed,
            },
            Err(status) => refusal(&status),
        }
    }
}

impl Real {
    pub fn blog_at(&mut self, replica: usize) {
        self.blogs[replica] = self.blogs[replica].through(self.desk.replicas[replica].address);
    }

    async fn retract(&self, replica: usize, comment: usize) -> Reply {
        let comment = id(comment).to_string();
        match self.blogs[replica].retract(SITE, &comment).await {
            Ok(done) => Reply::Withdrawn(done.version, done.replayed),
            Err(status) => refusal(&status),
        }
    }

    async fn appeal(&self, replica: usize, comment: usize, version: u32) -> Reply {
        let comment = id(comment).to_string();
        match self.blogs[replica]
            .appeal(SITE, &comment, version, "Why?")
            .await
        {
            Ok(done) => Reply::Appealed(done.version, done.replayed),
            Err(status) => refusal(&status),
        }
    }

    async fn bulk(&self, replica: usize, operation: usize, moderator: u8) -> Reply {
        let client = &self.clients[replica][usize::from(moderator)];
        match client.bulk(self.orders[operation].clone()).await {
            Ok(result) => Reply::Bulk(numbers(result.counts)),
            Err(status) => refusal(&status),
        }
    }

    async fn undo_bulk(&self, replica: usize, operation: usize, moderator: u8) -> Reply {
        let client = &self.clients[replica][usize::from(moderator)];
        let name = &self.orders[operation].operation_id;
        match client.undo_bulk(SITE, name).await {
            Ok(result) => Reply::BulkUndone(undo_numbers(result.counts)),
            Err(status) => refusal(&status),
        }
    }
}

fn order_of(bulk: &Bulk) -> v1::BulkDecideRequest {
    let names: Vec<_> = bulk.comments.iter().map(|n| id(*n).to_string()).collect();
    let verdict = v1::Verdict::try_from(bulk.verdict as i32).unwrap();
    order(SITE, these(&names), verdict)
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
        ip: None,
        sealed_contact: Vec::new(),
        reasons: Vec::new(),
        score: Score {
            probability: Probability::new(0.5).unwrap(),
            contributions: Vec::new(),
            model: 1,
            lessons: 0,
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
        (Code::FailedPrecondition, "COMMENT_ESCALATED") => Reply::Escalated,
        (Code::FailedPrecondition, "NO_DECISION") => Reply::NoDecision,
        (Code::FailedPrecondition, "SAME_MODERATOR") => Reply::SameModerator,
        (Code::FailedPrecondition, "COMMENT_RETRACTED") => Reply::Retracted,
        (Code::FailedPrecondition, "OPERATION_UNDONE") => Reply::OperationUndone,
        (Code::FailedPrecondition, "NOT_APPEALABLE") => {
            let why = ["state", "answered", "waiting", "appealed"];
            let why = why.into_iter().find(|why| info.metadata["why"] == **why);
            Reply::NotAppealable(why.unwrap())
        }
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
