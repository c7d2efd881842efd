//! What is asked of Redis: a command, several in one round trip, or a script.

use redis::{Arg, Cmd, FromRedisValue, Pipeline, RedisResult, aio::MultiplexedConnection};

use super::cluster::slots;
use crate::store::script::{Script, ScriptCall};

/// One round trip's worth. Each is sent once.
#[derive(Clone, Copy)]
pub(super) enum Request<'a> {
    Command(&'a Cmd),
    Pipeline(&'a Pipeline),
    Script(&'static Script, &'a ScriptCall),
}

/// Commands without a key: about the server, not about what it holds.
const KEYLESS: [&[u8]; 6] = [
    b"PING",
    b"TIME",
    b"INFO",
    b"CONFIG",
    b"BGREWRITEAOF",
    b"FLUSHDB",
];

impl Request<'_> {
    /// The slot of its first key; `None` where it has none.
    pub(super) fn slot(&self) -> Option<u16> {
        match self {
            Self::Command(cmd) => key(cmd).map(slots::slot),
            Self::Pipeline(pipe) => pipe.cmd_iter().find_map(key).map(slots::slot),
            Self::Script(_, call) => call.first_key().map(slots::slot),
        }
    }

    /// The script's name, for metrics.
    pub(super) fn script(&self) -> Option<&'static str> {
        match self {
            Self::Script(script, _) => Some(script.name()),
            Self::Command(_) | Self::Pipeline(_) => None,
        }
    }

    /// Sends it, and by the script's text only where Redis answers that it does not know the script.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<T> {
        match self {
            Self::Command(cmd) => cmd.query_async(connection).await,
            Self::Pipeline(pipe) => pipe.query_async(connection).await,
            Self::Script(script, call) => {
                let by_digest = call.command("EVALSHA", script.digest());
                match by_digest.query_async(connection).await {
                    // Not executed: this is no repetition.
                    Err(error) if error.code() == Some("NOSCRIPT") => {
                        let by_text = call.command("EVAL", script.source());
                        by_text.query_async(connection).await
                    }
                    other => other,
                }
            }
        }
    }

    /// Sends it to a node that is taking over its slot, which answers for the slot only where it is told to.
    pub(super) async fn run_asking<T: FromRedisValue>(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<T> {
        match self {
            Self::Command(cmd) => asking((*cmd).clone(), connection).await,
            // Some of its keys may still be where they were: never sent so, see `Cluster::send`.
            Self::Pipeline(pipe) => pipe.query_async(connection).await,
            Self::Script(script, call) => {
                let by_digest = call.command("EVALSHA", script.digest());
                match asking(by_digest, connection).await {
                    // As above.
                    Err(error) if code_of(&error).as_deref() == Some("NOSCRIPT") => {
                        asking(call.command("EVAL", script.source()), connection).await
                    }
                    other => other,
                }
            }
        }
    }
}

/// The two in one write: nothing comes between them.
async fn asking<T: FromRedisValue>(
    cmd: Cmd,
    connection: &mut MultiplexedConnection,
) -> RedisResult<T> {
    let mut pipe = Pipeline::with_capacity(2);
    pipe.cmd("ASKING").ignore().add_command(cmd);
    let (reply,) = pipe.query_async(connection).await?;
    Ok(reply)
}

fn code_of(error: &redis::RedisError) -> Option<String> {
    let refusals = error.clone().into_server_errors()?;
    Some(refusals.first()?.1.code().to_owned())
}

/// A command's first key. Ours all have it as their first argument.
fn key(cmd: &Cmd) -> Option<&[u8]> {
    let mut parts = cmd.args_iter();
    let Arg::Simple(name) = parts.next()? else {
        return None;
    };
    if KEYLESS.contains(&name) {
        return None;
    }
    let Arg::Simple(key) = parts.next()? else {
        return None;
    };
    Some(key)
}
