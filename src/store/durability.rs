//! What an OK promises about a write.

/// How safe a write is once it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// On the primary's disk (`appendfsync always`).
    #[default]
    Disk,
    /// In the primary's append-only file, and received by this many replicas.
    Replica {
        /// At least this many; 1 or more.
        replicas: u32,
    },
    /// In the append-only file within a second. A power cut can take what was acknowledged in it.
    Relaxed,
}
