//! What was erased stays in the append-only file until Redis rewrites it: that is asked for, but at most hourly, since a
//! rewrite costs as much as a copy of everything.

use crate::{
    comment::state::Timestamp,
    store::{connection::Store, error::StoreError, keys},
};

const AT_MOST_EVERY_MS: i64 = 60 * 60 * 1_000;

impl Store {
    /// Has the append-only file rewritten, now or once an hour has passed since the last time. Returns when at the latest.
    /// Up to five round trips.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn request_log_rewrite(&self) -> Result<Timestamp, StoreError> {
        let _: i64 = self
            .query(redis::cmd("INCR").arg(keys::log_rewrite_due()))
            .await?;
        self.rewrite_log_if_due().await
    }

    /// Does so if it was asked for, and an hour has passed. Returns when it will be done at the latest.
    ///
    /// # Errors
    /// As [`StoreError`] says. Where Redis does not permit it the log says so, once an hour.
    pub async fn rewrite_log_if_due(&self) -> Result<Timestamp, StoreError> {
        let now = self.now().await?;
        let due: Option<i64> = self
            .query(redis::cmd("GET").arg(keys::log_rewrite_due()))
            .await?;
        let Some(asked) = due.filter(|asked| *asked > 0) else {
            return Ok(now);
        };
        let mut mark = redis::cmd("SET");
        mark.arg(keys::log_rewritten()).arg(1).arg("NX");
        mark.arg("PX").arg(AT_MOST_EVERY_MS);
        let first: Option<String> = self.query(&mark).await?;
        if first.is_none() {
            let left: i64 = self
                .query(redis::cmd("PTTL").arg(keys::log_rewritten()))
                .await?;
            // The worker looks once a minute.
            return Ok(Timestamp(now.0 + left.max(0) + 60_000));
        }
        match self
            .query::<redis::Value>(&redis::cmd("BGREWRITEAOF"))
            .await
        {
            Ok(_) => {
                // Who asked since then is not served by this rewrite.
                let mut served = redis::cmd("DECRBY");
                served.arg(keys::log_rewrite_due()).arg(asked);
                let _: i64 = self.query(&served).await?;
                Ok(now)
            }
            // One is running, which may have begun before the erasure: the next look asks again.
            Err(StoreError::Refused(text)) if text.contains("in progress") => {
                let _: () = self
                    .query(redis::cmd("DEL").arg(keys::log_rewritten()))
                    .await?;
                Ok(Timestamp(now.0 + 60_000))
            }
            Err(error) => {
                let what = "what was erased stays in the append-only file until Redis rewrites it by itself: allow BGREWRITEAOF";
                tracing::warn!(error = %error, what, "erasure.log_not_rewritten");
                Ok(Timestamp(now.0 + AT_MOST_EVERY_MS))
            }
        }
    }
}
