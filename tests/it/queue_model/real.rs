//! The real thing: two replicas on a real Redis, and for each a connection as it has one.

mod answers;
mod blog;
mod deciding;
mod leasing;
mod standings;
mod submitting;

use std::{cell::RefCell, time::Duration};

use replydesk::{
    comment::{
        event::Event,
        ids::{CommentId, SiteId},
        lease::LeaseToken,
    },
    privacy::hashing::Hasher,
    proto::v1,
    store::{
        connection::{Store, StoreSettings},
        keys,
    },
};

use super::{
    due,
    model::{MODERATORS, Model, REPLICAS, SENIOR},
    words::{Reply, Sent},
};
use crate::harness::{Desk, clients::Client};
use deciding::order_of;
use submitting::SOMETHING;

pub const SITE: &str = "gazette";

pub struct Real {
    pub desk: Desk,
    pub site: SiteId,
    hasher: Hasher,
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
        let blog = desk.site(SITE, due::policy()).await;
        let hasher = Hasher::new(&desk.config().privacy.pepper.unwrap());
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
            hasher,
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
            Sent::SubmitAgain(n, same) => {
                let comment = &model.comments[*n];
                if comment.handed_in {
                    self.hand_in(replica, *n, comment, u8::from(!same)).await
                } else {
                    let salt = if *same { 1 } else { 2 };
                    self.submit(replica, *n, SOMETHING, salt, false).await
                }
            }
            Sent::HandIn(..) => {
                let n = model.comments.len() - 1;
                self.hand_in(replica, n, &model.comments[n], 0).await
            }
            Sent::Claim(moderator, tokens) => self.claim(replica, *moderator, tokens).await,
            Sent::Renew(lease) => self.renew(replica, *lease).await,
            Sent::Release(lease, cool) => self.release(replica, *lease, *cool).await,
            Sent::Pass(comment, to) => self.pass(*comment, *to),
            Sent::Decide(ruling) => self.decide(replica, ruling).await,
            Sent::Undo(undo) => self.undo(replica, *undo).await,
            Sent::Retract(comment) => self.retract(replica, *comment).await,
            Sent::Appeal(comment, version) => self.appeal(replica, *comment, *version).await,
            Sent::Report(comment, reader) => self.report(replica, *comment, *reader).await,
            Sent::Revise(revision) => self.revise(replica, *revision).await,
            Sent::Stand(stand) => self.stand(replica, stand).await,
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
}
