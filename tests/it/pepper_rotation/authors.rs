//! Who wrote, asks to be erased or was imported.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_before_is_a_replay_and_what_was_imported_is_known() {
    let mut desk = Rotated::open(everything_waits()).await;
    let request = by("Ada Lovelace", 1);
    let first = desk.blog.submit(request.clone()).await.unwrap();
    let old: Vec<_> = (0..20).map(moderated).collect();
    desk.desk.admin().import(SITE, &old).await.unwrap();
    desk.replace().await;
    let again = desk.blog.submit(request.clone()).await.unwrap();
    assert!(again.replayed && !first.replayed);
    let mut other = request.clone();
    other.body.push_str(" And more.");
    let refused = desk.blog.submit(other).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::AlreadyExists, "{refused}");

    let admin = desk.desk.admin_at(desk.desk.replicas[1].address);
    let more: Vec<_> = (10..30).map(moderated).collect();
    let answer = admin.import(SITE, &more).await.unwrap();
    // Numbers 18 to 20 are of one reader: known, though the hash is another.
    let told = (answer.imported, answer.already_known, answer.new_authors);
    assert_eq!(told, (10, 10, 3));
    desk.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_finds_all_and_takes_aliases_with_it() {
    let mut desk = Rotated::open(everything_waits()).await;
    let ada = |n| by("Ada Lovelace", n);
    desk.submit(ada(0)).await;
    desk.submit(with_account("reader-7", ada(1))).await;
    desk.submit(by("Grace", 1)).await;
    let before = desk.desk.config().privacy.pepper.unwrap();
    desk.replace().await;
    let after = desk.desk.config().privacy.pepper.unwrap();
    desk.submit(ada(2)).await;
    desk.submit(with_account("reader-7", ada(3))).await;
    desk.submit(with_account("reader-8", ada(4))).await;
    desk.submit(by("Grace", 2)).await;
    // Another reader came while only some replicas had the new pepper: first by the new one.
    desk.submit(by("Lin", 1)).await;
    let old = desk.blog.through(desk.desk.replicas[0].address);
    old.submit(by("Lin", 2)).await.unwrap();
    // A hold on somebody unknown is of one name, which can be lifted later.
    let nobody = || with_email("nobody@readers.example");
    assert!(desk.officer.hold(nobody(), true).await.unwrap());
    let erased = desk.officer.erase(with_email("lin@readers.example"), false);
    assert_eq!(erased.await.unwrap().erased, 2);

    desk.end_overlap().await;
    assert!(desk.officer.hold(nobody(), false).await.unwrap());
    let address = "ada.lovelace@readers.example";
    let erased = desk.officer.erase(with_email(address), false).await;
    let erased = erased.unwrap();
    let summary = erased.summary.unwrap();
    assert_eq!((erased.erased, summary.verified), (5, true));
    // By an address, whoever did not come since the change would not have been found.
    assert!(summary.not_found_before.is_some());

    let remains = everything(&mut desk.desk.redis.look());
    let has = |needle: &[u8]| remains.windows(needle.len()).any(|window| window == needle);
    let site: SiteId = SITE.parse().unwrap();
    for hasher in [before, after].map(|pepper| Hasher::new(&pepper)) {
        let email = |of: &str| hasher.email(&site, &of.parse().unwrap());
        let account = |of: &str| hasher.account(&site, &of.parse().unwrap());
        for hash in [email(address), account("reader-7"), account("reader-8")] {
            assert!(!has(hash.as_bytes()), "a hash is left");
        }
        assert!(has(email("grace@readers.example").as_bytes()));
        assert!(!has(email("nobody@readers.example").as_bytes()));
    }
    desk.desk.finish().await;
}
