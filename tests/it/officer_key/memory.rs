//! No replica has the officer's private key: nothing is configured with it, and it is nowhere in a replica's memory. The
//! embedded default makes the pair itself, and says at each start that the private key belongs elsewhere.

use std::{fs::File, os::unix::fs::FileExt, time::Duration};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use replydesk::proto::v1;

use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    process::Process,
};

/// Everything in a process's memory that it can write to.
fn writable_memory(pid: u32) -> Vec<Vec<u8>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut regions = Vec::new();
    for line in maps.lines() {
        let mut parts = line.split_whitespace();
        let (range, rights) = (parts.next().unwrap(), parts.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let at = |text| u64::from_str_radix(text, 16).unwrap();
        let (from, to) = (at(from), at(to));
        let mut region = vec![0; usize::try_from(to - from).unwrap()];
        // What it has given back meanwhile holds nothing any more.
        if memory.read_exact_at(&mut region, from).is_ok() {
            regions.push(region);
        }
    }
    regions
}

fn found(regions: &[Vec<u8>], needle: &[u8]) -> usize {
    let finder = memchr::memmem::Finder::new(needle);
    regions
        .iter()
        .map(|region| finder.find_iter(region).count())
        .sum()
}

/// The 32 bytes of a key, by its text.
fn raw(text: &str) -> Vec<u8> {
    let (_, coded) = text.split_once('_').unwrap();
    let bytes = BASE64URL_NOPAD.decode(coded.as_bytes()).unwrap();
    bytes[..32].to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_s_memory_has_the_public_key_and_not_the_private_one() {
    let desk = Desk::with(0, &[]).await;
    let process = desk.process().await;
    let admin = desk.admin_at(process.address);
    let site = v1::Site {
        site: "gazette".to_owned(),
        policy: Some(everything_waits()),
        ..Default::default()
    };
    let create = v1::CreateSiteRequest { site: Some(site) };
    admin.sites.clone().create_site(create).await.unwrap();
    let mut comments = Vec::new();
    for n in 0..5 {
        let request = nth("gazette", n);
        comments.push(request.comment_id.clone());
        admin.submit(request).await.unwrap();
    }
    let key = admin.officer_key("gazette").await;
    let olga = process.client(&key);
    for comment in &comments {
        olga.reveal(comment).await.unwrap();
    }
    assert_eq!(olga.data_keys(0).await.len(), 1);

    let regions = writable_memory(process.id());
    let (private, public) = (desk.officer.to_text(), desk.officer.public().to_text());
    for (what, needle) in [("bytes", raw(&public)), ("text", public.into_bytes())] {
        assert!(
            found(&regions, &needle) > 0,
            "the search finds the public key's {what}"
        );
    }
    let bytes = raw(&private);
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    for (what, needle) in [
        ("bytes", bytes.clone()),
        ("bytes from behind", reversed),
        ("text", private.as_bytes().to_vec()),
        ("text without its head", private.as_bytes()[8..40].to_vec()),
        ("hexadecimal", HEXLOWER.encode(&bytes).into_bytes()),
        ("base64", BASE64.encode(&bytes).into_bytes()[..42].to_vec()),
    ] {
        assert_eq!(found(&regions, &needle), 0, "the private key's {what}");
    }
    drop(process);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_default_says_at_each_start_that_the_private_key_belongs_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let private = data.join("secrets/privacy.key");
    let elsewhere = directory.path().join("privacy.key");
    let says =
        "the privacy officer's private key lies in the data directory: move it to the officer";
    for (start, is_said) in [(1, true), (2, true), (3, false)] {
        if !is_said {
            std::fs::rename(&private, &elsewhere).unwrap();
        }
        let mut process = Process::embedded(&data, &[]).await;
        process.signal("TERM");
        assert!(process.ended(Duration::from_secs(20)).await.success());
        let log = String::from_utf8(process.log()).unwrap();
        assert_eq!(
            log.matches(says).count(),
            usize::from(is_said),
            "start {start}: {log}"
        );
        assert!(!log.contains("rdpriv1_"));
    }
    // It has not made another one, and not asked for the one that is gone.
    assert!(!private.exists() && elsewhere.exists());
}
