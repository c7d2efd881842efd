//! What was erased stays in the append-only file until Redis rewrites it: that is asked for, but at most hourly, since a
//! rewrite costs as much as a copy of everything.

use crate::{
    comment::state::Timestamp,
    store::{
        connection::Store,
        error::StoreError,
        keys,
        script::{Script, ScriptCall},
    },
};

static LOG_REWRITE: Script =
    Script::new("log_rewrite.lua", include_str!("scripts/log_rewrite.lua"));

const AT_MOST_EVERY_MS: i64 = 60 * 60 * 1_000;

impl Store {
    /// Has the append-only file rewritten, now or once an hour has passed since the last time. Returns when at the latest.
    /// Up to four round trips.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn request_log_rewrite(&self) -> Result<Timestamp, StoreError> {
        self.rewrite_log(1).await
    }

    /// Does so if it was asked for, and an hour has passed. Returns when it will be done at the latest.
    ///
    /// # Errors
    /// As [`StoreError`] says. Where Redis does not permit it the log says so, once an hour.
    pub async fn rewrite_log_if_due(&self) -> Result<Timestamp, StoreError> {
        self.rewrite_log(0).await
    }

    async fn rewrite_log(&self, more: i64) -> Result<Timestamp, StoreError> {
        let now = self.now().await?;
        let (asked, may_begin, left) = self.log_rewrite(more).await?;
        if asked == 0 {
            return Ok(now);
        }
        if may_begin == 0 {
            // The worker looks once a minute.
            return Ok(Timestamp(now.0 + left + 60_000));
        }
        match self.begin_rewrite().await {
            Ok(()) => {
                // Who asked since then is not served by this rewrite.
                self.log_rewrite(-asked).await?;
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

    /// On every primary.
    async fn begin_rewrite(&self) -> Result<(), StoreError> {
        for node in self.nodes() {
            let _: redis::Value = node.query(&redis::cmd("BGREWRITEAOF")).await?;
        }
        Ok(())
    }

    /// How many wait for a rewrite once so many more do, whether it may begin now, and else for how long it may not.
    async fn log_rewrite(&self, more: i64) -> Result<(i64, u8, i64), StoreError> {
        let call = ScriptCall::new()
            .key(keys::log_rewrite_due())
            .key(keys::log_rewritten())
            .arg(more)
            .arg(AT_MOST_EVERY_MS);
        self.call(&LOG_REWRITE, &call).await
    }
}
