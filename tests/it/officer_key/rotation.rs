//! From one key pair to another, as an operator and an officer do it: with the real binary.

use replydesk::{privacy::keys::OfficerPrivateKey, proto::v1::AuditAction};

use super::{
    machine::{Officer, Rotation, address},
    plant, stored,
};
use crate::harness::{Desk, comments::everything_waits};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_the_new_key_alone_opens_everything() {
    let rotation = Rotation::begun().await;
    let (old, new, officer) = (&rotation.old, &rotation.new, &rotation.officer);
    for (n, right, wrong) in [(0, old, new), (1, old, new), (2, new, old), (3, old, new)] {
        rotation.opens_with(n, right, wrong).await;
    }
    let comment = &*rotation.comments[0];
    let reveal = ["reveal", "--site", "gazette", comment, "--reason"];
    let kept = [&reveal[..], &["kept for later"]].concat();
    let kept = officer.file("kept.json", &officer.told(&kept).await.to_string());

    // The replica with the old key may still be there, and make data keys that the old one alone opens.
    let (code, told, said) = officer
        .rewrap(&old.file, &rotation.new_pub, &["--dry-run"])
        .await;
    let warned = format!("a replica still sealed to {}", old.id);
    assert!(code == Some(1) && said.contains(&warned), "{said}");
    assert_eq!(told["also_sealed_to"], serde_json::json!([old.id]));
    rotation.a_minute_later();
    // A look changes nothing; then all is moved; then there is nothing to do.
    for (more, moved, before) in [
        (&["--dry-run"][..], 1, 1),
        (&["--dry-run"], 1, 1),
        (&[], 1, 1),
        (&[], 0, 2),
    ] {
        let (code, told, said) = officer.rewrap(&old.file, &rotation.new_pub, more).await;
        assert_eq!(code, Some(0), "{said}");
        let counts = (&told["moved"], &told["moved_before"]);
        assert_eq!(counts, (&moved.into(), &before.into()));
        let is_due = !told["log_rewrite_due_at"].is_null();
        assert_eq!(is_due, moved > 0 && more.is_empty(), "{told}");
    }
    for n in 0..4 {
        rotation.opens_with(n, new, old).await;
    }
    let open = ["open", "--json", "--private-key-file", &old.file, &kept];
    let opened = officer.told(&open).await;
    let was = "what was handed out before is as it was";
    assert_eq!(opened["email"], address(0), "{was}");

    let admin = rotation.desk.admin_at(rotation.replica.address);
    let audit = admin.whole_audit("gazette").await.into_iter();
    let audit = audit.filter(|entry| entry.action() == AuditAction::DataKeysReplaced);
    let entries: Vec<_> = audit
        .map(|entry| (entry.actor, entry.subject, entry.before, entry.after))
        .collect();
    let (from, to) = (old.id.clone(), new.id.clone());
    let entry = ("olga".to_owned(), "1 data key".to_owned(), from, to);
    assert_eq!(entries, [entry], "one for what was done, none for looks");
    drop(rotation.replica);
    rotation.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_data_keys_of_three_officers_are_moved_as_far_as_their_keys_are_there() {
    let mut desk = Desk::start().await;
    let _blog = desk.site("gazette", everything_waits()).await;
    let access_key = desk.admin().officer_key("gazette").await;
    let old = desk.replace_officer();
    desk.replicas[0].stop().await;
    let replica = desk.add_replica().await;
    let lost = OfficerPrivateKey::generate().unwrap();
    plant(&desk, old.public(), 290, 230);
    plant(&desk, lost.public(), 7, 4);
    plant(&desk, desk.officer.public(), 3, 2);
    let officer = Officer {
        place: tempfile::tempdir().unwrap(),
        address: format!("http://{}", desk.replicas[replica].address),
        access_key,
    };
    let old_key = officer.file("old.key", &old.to_text());
    let lost_key = officer.file("lost.key", &lost.to_text());
    let new_pub = officer.file("new.pub", &desk.officer.public().to_text());
    // One was changed in Redis: it opens for nobody, and is left.
    let damaged = stored(&desk)
        .into_values()
        .find(|key| key.officer() == old.public().id());
    let damaged = damaged.unwrap();
    let mut bytes = damaged.as_bytes().to_vec();
    bytes[60] ^= 1;
    let name = replydesk::store::keys::data_key(&super::gazette(), damaged.id());
    let () = redis::cmd("SET")
        .arg(name)
        .arg(&bytes)
        .query(&mut desk.redis.look())
        .unwrap();

    let (code, told, said) = officer.rewrap(&old_key, &new_pub, &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("keep the old private keys"), "{said}");
    assert_eq!(
        (&told["moved"], &told["moved_before"]),
        (&289.into(), &3.into())
    );
    assert_eq!(told["damaged"], 1);
    assert_eq!(told["not_given"][lost.public().fingerprint()], 7);
    let (code, told, _) = officer.rewrap(&lost_key, &new_pub, &[]).await;
    assert_eq!(
        (code, &told["moved"]),
        (Some(1), &7.into()),
        "the old key was not given"
    );
    let both = ["--private-key-file", &lost_key];
    let (code, told, _) = officer.rewrap(&old_key, &new_pub, &both).await;
    assert_eq!(
        (code, &told["moved"], &told["damaged"]),
        (Some(1), &0.into(), &1.into())
    );
    let stored = stored(&desk);
    assert_eq!(stored.len(), 300, "none is lost, none is made");
    let at_new = stored
        .values()
        .filter(|key| key.officer() == desk.officer.public().id());
    assert_eq!(at_new.count(), 299);
    desk.finish().await;
}
