//! Lua scripts as files, called by their digest.

use std::sync::OnceLock;

use redis::{Arg, Cmd, ToRedisArgs};

use crate::{comment::ids::SiteId, store::keys};

/// A script that is compiled in. Its contract (keys, arguments, reply, cost) stands in the head of its file.
pub struct Script {
    name: &'static str,
    source: &'static str,
    digest: OnceLock<String>,
}

impl Script {
    /// A script by its file's name and text.
    #[must_use]
    pub const fn new(name: &'static str, source: &'static str) -> Self {
        Self {
            name,
            source,
            digest: OnceLock::new(),
        }
    }

    /// The file's name, for logs and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The Lua text.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// What `EVALSHA` calls it by. Computed once.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.digest
            .get_or_init(|| redis::Script::new(self.source).get_hash().to_owned())
    }
}

/// A script that changes stored comments: `parts/audit.lua`, `parts/change.lua`, `parts/statistics.lua` and any further
/// parts stand before it.
macro_rules! change_script {
    (@text $name:literal $(, $part:literal)*) => {
        concat!(
            include_str!("scripts/parts/audit.lua"),
            include_str!("scripts/parts/change.lua"),
            include_str!("scripts/parts/statistics.lua"),
            $(include_str!(concat!("scripts/parts/", $part)),)*
            include_str!(concat!("scripts/", $name)),
        )
    };
    ($name:literal $(, $part:literal)*) => {
        $crate::store::script::Script::new($name, change_script!(@text $name $(, $part)*))
    };
    // What frees memory must work in a full Redis.
    (allow_oom $name:literal $(, $part:literal)*) => {
        $crate::store::script::Script::new(
            $name,
            concat!("#!lua flags=allow-oom\n", change_script!(@text $name $(, $part)*)),
        )
    };
}
pub(in crate::store) use change_script;

/// A script that tells the audit log of what it changes, and changes no comment: `parts/audit.lua` stands before it.
macro_rules! audited_script {
    (@text $name:literal $(, $part:literal)*) => {
        concat!(
            include_str!("scripts/parts/audit.lua"),
            $(include_str!(concat!("scripts/parts/", $part)),)*
            include_str!(concat!("scripts/", $name)),
        )
    };
    ($name:literal $(, $part:literal)*) => {
        $crate::store::script::Script::new($name, audited_script!(@text $name $(, $part)*))
    };
    // As above.
    (allow_oom $name:literal $(, $part:literal)*) => {
        $crate::store::script::Script::new(
            $name,
            concat!("#!lua flags=allow-oom\n", audited_script!(@text $name $(, $part)*)),
        )
    };
}
pub(in crate::store) use audited_script;

/// The keys and arguments of one script call, in the order that the script's head names.
///
/// Both lie one behind the other in a buffer of their own, as in a command: a submission has some fifty.
#[derive(Default)]
pub struct ScriptCall {
    keys: Cmd,
    args: Cmd,
}

impl ScriptCall {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With the keys that `parts/change.lua` takes.
    #[must_use]
    pub fn change(site: &SiteId) -> Self {
        let keys = keys::change(site);
        keys.into_iter()
            .fold(Self::with_capacity(24, 256, 512), Self::key)
    }

    /// Nothing yet, with room for so many keys and as many arguments, and for the bytes of each.
    #[must_use]
    pub fn with_capacity(count: usize, keys: usize, args: usize) -> Self {
        Self {
            keys: Cmd::with_capacity(count, keys),
            args: Cmd::with_capacity(count, args),
        }
    }

    /// The next of `KEYS`.
    #[must_use]
    pub fn key(mut self, key: impl AsRef<[u8]>) -> Self {
        self.keys.arg(key.as_ref());
        self
    }

    /// The first of `KEYS`. All of them are of one slot.
    pub(in crate::store) fn first_key(&self) -> Option<&[u8]> {
        self.keys.args_iter().next().and_then(simple)
    }

    /// The next of `ARGV`.
    #[must_use]
    pub fn arg(mut self, arg: impl ToRedisArgs) -> Self {
        self.args.arg(arg);
        self
    }

    /// The command that runs it.
    #[must_use]
    pub fn command(&self, verb: &str, script: &str) -> Cmd {
        let keys = self.keys.args_iter();
        let parts = || keys.clone().chain(self.args.args_iter()).filter_map(simple);
        let bytes: usize = parts().map(<[u8]>::len).sum();
        let mut cmd = Cmd::with_capacity(3 + parts().count(), bytes + script.len() + 32);
        cmd.arg(verb).arg(script).arg(keys.len());
        for part in parts() {
            cmd.arg(part);
        }
        cmd
    }
}

/// The other kind is a place in a `SCAN`, which no script call has.
fn simple(arg: Arg<&[u8]>) -> Option<&[u8]> {
    let Arg::Simple(bytes) = arg else { return None };
    Some(bytes)
}
