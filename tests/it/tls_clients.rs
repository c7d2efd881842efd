//! Client certificates: whom one stands for may do what that role may, and nobody else gets anywhere by one.

use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use replydesk::proto::v1::{self, Role};
use sha2::{Digest, Sha256};
use tonic::Code;

use crate::harness::{
    certificates::{Authority, Files, protected_desk, somebody},
    clients::Client,
    comments::{everything_waits, nth},
    refusals::told,
    until::soon,
};

const BOUND: Duration = Duration::from_secs(15);
const IDENTITIES: &str = r#"
[[identity]]
san = "spiffe://news.example/blog"
role = "submitter"
sites = ["gazette"]
label = "blog of the Gazette"

[[identity]]
san = "ada.news.example"
role = "moderator"
sites = ["*"]
label = "ada"
"#;

async fn code(client: &Client, site: &str) -> Option<Code> {
    let submitted = soon("an answer", BOUND, client.submit(nth(site, 0))).await;
    submitted.err().map(|refused| refused.code())
}

async fn queue(client: &Client, site: &str) -> Result<(), (Code, String)> {
    let request = v1::ListQueueRequest {
        site: site.to_owned(),
        ..Default::default()
    };
    let listed = client.moderation.clone().list_queue(request).await;
    listed.map(drop).map_err(|refused| told(&refused))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_stands_for_its_role_and_sites_and_a_key_wins_over_it() {
    let authority = Authority::new("ours");
    let files = Files::of(&authority.server());
    files.trust(&authority, IDENTITIES);
    let (desk, address) = protected_desk(&files, &[]).await;
    desk.site("gazette", everything_waits()).await;
    desk.site("herald", everything_waits()).await;
    let shown = authority.client("spiffe://news.example/blog");
    let blog = somebody(address, &authority, Some(&shown), None);
    assert_eq!(code(&blog, "gazette").await, None);
    assert_eq!(code(&blog, "herald").await, Some(Code::PermissionDenied));
    let wrong_role = (Code::PermissionDenied, "WRONG_ROLE".to_owned());
    assert_eq!(queue(&blog, "gazette").await, Err(wrong_role));
    let ada = authority.client("ada.news.example");
    let ada = somebody(address, &authority, Some(&ada), None);
    assert_eq!(queue(&ada, "herald").await, Ok(()));

    let key = desk.key(&["herald"], Role::Moderator, "ben").await;
    let ben = somebody(address, &authority, Some(&shown), Some(&key));
    assert_eq!(queue(&ben, "herald").await, Ok(()));
    assert_eq!(code(&ben, "gazette").await, Some(Code::PermissionDenied));
    let bad = format!("{}x", &key[..key.len() - 1]);
    let bad = somebody(address, &authority, Some(&shown), Some(&bad));
    assert_eq!(code(&bad, "gazette").await, Some(Code::Unauthenticated));
    // Who decided stands in the audit log by the label.
    let mut work = ada.work("gazette", 1).await.unwrap();
    let item = soon("the item", BOUND, work.item()).await;
    work.decide(&item, v1::Verdict::Approve).await;
    work.answer().await;
    let request = v1::ListAuditEntriesRequest {
        site: "gazette".to_owned(),
        actor: "ada".to_owned(),
        ..Default::default()
    };
    let entries = desk.admin().moderation.list_audit_entries(request).await;
    let entries = entries.unwrap().into_inner().entries;
    let digest = Sha256::digest("mtls|ada.news.example");
    assert_eq!(entries[0].key_id, HEXLOWER.encode(&digest[..8]));
    drop((work, ada, blog, ben, bad));
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_by_a_certificate_that_is_foreign_over_unknown_or_missing() {
    let (authority, other) = (Authority::new("ours"), Authority::new("another"));
    let files = Files::of(&authority.server());
    files.trust(&authority, IDENTITIES);
    let name = "spiffe://news.example/blog";
    let yesterday = SystemTime::now() - Duration::from_secs(3_600);
    let shown = [
        ("foreign", Some(other.client(name))),
        ("over", Some(authority.client_until(name, yesterday))),
        ("a server's", Some(authority.server())),
        ("unknown", Some(authority.client("spiffe://news.example/"))),
        ("missing", None),
        ("good", Some(authority.client(name))),
    ];
    for demand in ["optional", "required"] {
        let (desk, address) = protected_desk(&files, &[("tls.client_certificates", demand)]).await;
        desk.site("gazette", everything_waits()).await;
        for (what, shown) in &shown {
            let client = somebody(address, &authority, shown.as_ref(), None);
            let refused = code(&client, "gazette").await;
            // With TLS 1.3 a client has sent its call before it hears that it is turned away.
            let at_the_door = matches!(
                refused,
                Some(Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal)
            );
            let at_the_desk = refused == Some(Code::Unauthenticated);
            let right = match (*what, demand) {
                ("foreign" | "over" | "a server's", _) | ("missing", "required") => at_the_door,
                ("unknown" | "missing", _) => at_the_desk,
                _ => refused.is_none(),
            };
            assert!(right, "{what}, {demand}: {refused:?}");
        }
        desk.finish().await;
    }
}
