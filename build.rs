//! Compiles the protos with protox, in Rust: the build needs no `protoc`.

use std::{env, error::Error, path::PathBuf};

/// The public API, one file a service, and the packed records that the store keeps in Redis.
const PROTOS: [&str; 9] = [
    "replydesk/v1/resources.proto",
    "replydesk/v1/statistics.proto",
    "replydesk/v1/changes.proto",
    "replydesk/v1/comment.proto",
    "replydesk/v1/moderation.proto",
    "replydesk/v1/site.proto",
    "replydesk/v1/standing.proto",
    "replydesk/v1/privacy.proto",
    "replydesk/store/v1/record.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let api = descriptors
        .file
        .iter()
        .filter(|file| file.package() != "replydesk.store.v1");
    let mut reflected = descriptors.clone();
    reflected.file = api.cloned().collect();
    std::fs::write(
        out.join("replydesk.bin"),
        prost::Message::encode_to_vec(&reflected),
    )?;
    // Contact data: their `Debug` is written by hand, and shows nothing.
    tonic_prost_build::configure()
        .skip_debug([
            ".replydesk.v1.AuthorInput",
            ".replydesk.v1.Subject",
            ".replydesk.v1.Transport",
            ".replydesk.v1.Reporter",
            ".replydesk.v1.DataSubject",
        ])
        .compile_fds(descriptors)?;
    Ok(())
}
