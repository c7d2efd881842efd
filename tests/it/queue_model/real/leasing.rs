//! Leases, past the service's streams: their tokens are the model's, and time passes as it says.

use std::time::Duration;

use replydesk::{
    comment::{ids::KeyId, lanes::Lanes},
    store::{keys, leases::Claim},
};

use super::{
    super::{
        names::{id, number, token},
        words::{Reply, Time},
    },
    Real,
};

const LEASE: Duration = Duration::from_secs(120);
const COOL_DOWN: Duration = Duration::from_secs(30);

impl Real {
    pub async fn claim(&self, replica: usize, moderator: u8, tokens: &[u64]) -> Reply {
        let tokens: Vec<_> = tokens.iter().map(|n| token(*n)).collect();
        let key = &self.moderators[usize::from(moderator)];
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
        let claimed = self.stores[replica]
            .claim(&self.site, &claim)
            .await
            .unwrap();
        let items = claimed.items.iter().map(|leased| {
            let token = u64::from_be_bytes(*leased.token.as_bytes());
            (number(&leased.item.comment.id), token)
        });
        Reply::Claimed(items.collect())
    }

    pub async fn renew(&self, replica: usize, (comment, n): (usize, u64)) -> Reply {
        let held = [(id(comment), token(n))];
        let renewed = self.stores[replica].renew(&self.site, &held, LEASE);
        Reply::Held(renewed.await.unwrap()[0].is_some())
    }

    pub async fn release(&self, replica: usize, (comment, n): (usize, u64), cool: bool) -> Reply {
        let rest = if cool { COOL_DOWN } else { Duration::ZERO };
        let held = [(id(comment), token(n))];
        let released = self.stores[replica].release(&self.site, &held, rest);
        Reply::Held(released.await.unwrap()[0])
    }

    /// Makes time pass, or jump back, for one lease: its end moves, not the clock.
    pub fn pass(&self, comment: usize, to: Time) -> Reply {
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
}
