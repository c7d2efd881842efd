//! Who may call what: every method, every role, and keys that are no good.

use std::time::Duration;

use prost::Message;
use replydesk::{
    access::{
        key::AccessKey,
        role as access,
        table::{Method, Reach},
    },
    proto::v1::{self, DESCRIPTORS, Role},
};
use tonic::{Code, metadata::MetadataValue};

use crate::harness::{
    Desk,
    clients::Client,
    comments::{everything_waits, nth},
    refusals::told,
    services::methods,
    until::{soon, until},
};

const BOUND: Duration = Duration::from_secs(10);

/// Who calls, and what the gate says: allowed, wrong role, wrong site.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Gate {
    Open,
    Denied,
    Closed,
}

fn gate(code: Code) -> Gate {
    if code == Code::Unauthenticated {
        Gate::Closed
    } else if code == Code::PermissionDenied {
        Gate::Denied
    } else {
        Gate::Open
    }
}

#[test]
fn the_table_has_a_row_for_every_method_that_there_is_and_each_is_called_here() {
    let described = prost_types::FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    let mut names = Vec::new();
    for file in &described.file {
        for service in &file.service {
            let methods = service.method.iter();
            names.extend(
                methods.map(|method| {
                    format!("{}.{}/{}", file.package(), service.name(), method.name())
                }),
            );
        }
    }
    let of_table = |method: &Method| format!("replydesk.v1.{}", method.name());
    let mut rows: Vec<_> = Method::ALL.iter().map(of_table).collect();
    let mut called: Vec<_> = methods().iter().map(|m| m.name.to_owned()).collect();
    for list in [&mut names, &mut rows, &mut called] {
        list.sort();
    }
    assert_eq!(rows, names);
    assert_eq!(called, names);
}

/// What the table says of a key that is bound to `gazette`, or to nothing, and of a request for some site.
fn expected(method: Method, role: access::Role, is_bound: bool, names: Option<&str>) -> Gate {
    let reaches = match method.reach() {
        Reach::Own => true,
        Reach::All => !is_bound,
        Reach::Named => !is_bound || names.is_none_or(|site| site == "gazette"),
    };
    if method.roles().contains(&role) && reaches {
        Gate::Open
    } else {
        Gate::Denied
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_open_to_every_role_as_the_table_says_with_and_without_sites() {
    let desk = Desk::start().await;
    for site in ["gazette", "herald"] {
        desk.site(site, everything_waits()).await;
    }
    let mut checked = 0;
    for role in access::Role::ALL {
        for sites in [&["gazette"][..], &[]] {
            let name = format!("ROLE_{}", role.word().to_uppercase());
            let proto = Role::from_str_name(&name).expect("a role of the API");
            let key = desk.key(sites, proto, role.word()).await;
            let client = desk.client(0, &key);
            for called in methods() {
                let path = format!("/{}", called.name);
                let method = Method::at(&path).expect("a row of the table");
                for site in ["gazette", "herald"] {
                    let names = called.names_site.then_some(site);
                    let found = gate((called.call)(client.clone(), site.to_owned()).await);
                    let says = expected(method, role, !sites.is_empty(), names);
                    assert_eq!(found, says, "{role:?} {sites:?}: {path} for {site}");
                    checked += 1;
                }
            }
        }
    }
    assert_eq!(checked, Method::ALL.len() * access::Role::ALL.len() * 4);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_key_nothing_answers() {
    // So many failures from one address are too many elsewhere.
    let desk = Desk::with(1, &[("throttle.failures_per_peer_per_minute", "1000000")]).await;
    desk.site("gazette", everything_waits()).await;
    let good = desk.key(&[], Role::Admin, "root").await;
    let mistyped = good.replace("rd_", "rd-");
    let (head, secret) = good.rsplit_once('_').unwrap();
    let mut wrong: Vec<char> = secret.chars().collect();
    wrong[0] = if wrong[0] == 'a' { 'b' } else { 'a' };
    let wrong = format!("{head}_{}", wrong.iter().collect::<String>());
    let unknown = AccessKey::generate().unwrap().expose().to_string();
    for key in [
        None,
        Some(""),
        Some("x"),
        Some(&mistyped),
        Some(&wrong),
        Some(&unknown),
        Some(&good[..good.len() - 1]),
    ] {
        let client = Client::new(desk.replicas[0].address, key);
        for method in methods() {
            let code = (method.call)(client.clone(), "gazette".to_owned()).await;
            assert_eq!(
                gate(code),
                Gate::Closed,
                "{}: {key:?} {code:?}",
                method.name
            );
        }
    }
    // A key under another scheme, or as binary rubbish, is none.
    for header in [format!("Basic {good}"), good.clone(), "Bearer ÿ".to_owned()] {
        let mut request = tonic::Request::new(v1::ListSitesRequest {});
        let value = MetadataValue::try_from(header.as_bytes()).unwrap();
        request.metadata_mut().insert("authorization", value);
        let mut client = Client::new(desk.replicas[0].address, None);
        let refused = client.sites.list_sites(request).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
        );
        assert!(!refused.message().contains(&good));
    }
    desk.finish().await;
}

async fn revoke(desk: &Desk, key: &str) {
    let key_id = key.split('_').nth(1).unwrap().to_owned();
    let request = v1::RevokeKeyRequest { key_id };
    desk.admin().sites.revoke_key(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_streams_of_a_revoked_key_end() {
    let desk = Desk::with(2, &[]).await;
    let blog = desk.site("gazette", everything_waits()).await;
    blog.submit(nth("gazette", 0)).await.unwrap();
    let key = desk.key(&["gazette"], Role::Moderator, "ada").await;
    let ada = desk.client(1, &key);
    let mut work = ada.work("gazette", 1).await.unwrap();
    work.item().await;
    let mut watch = ada.watch("gazette", "").await.unwrap();
    watch.event().await;
    revoke(&desk, &key).await;
    let ends = [
        soon("the work ends", BOUND, work.next()).await.unwrap_err(),
        soon("the watch ends", BOUND, watch.next())
            .await
            .unwrap_err(),
    ];
    for end in ends {
        assert_eq!(
            told(&end),
            (Code::Unauthenticated, "UNAUTHENTICATED".to_owned())
        );
    }
    // What was in hand is everybody's again.
    let ben = desk.moderator(0, "gazette", "ben").await;
    let mut work = ben.work("gazette", 1).await.unwrap();
    soon("the item comes back", BOUND, work.item()).await;
    drop(work);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_is_no_good() {
    let desk = Desk::with(2, &[]).await;
    desk.site("gazette", everything_waits()).await;
    let (seconds, micros): (i64, i32) = desk.redis.ask(&["TIME"]);
    let request = v1::CreateKeyRequest {
        role: Role::Submitter.into(),
        sites: vec!["gazette".to_owned()],
        label: "guest".to_owned(),
        expires_at: Some(prost_types::Timestamp {
            seconds: seconds + 2,
            nanos: micros * 1_000,
        }),
    };
    let made = desk.admin().sites.create_key(request).await.unwrap();
    let key = made.into_inner().access_key;
    desk.client(0, &key).events("gazette", "").await.unwrap();
    for replica in 0..2 {
        let guest = desk.client(replica, &key);
        let refused = until("the key expires", BOUND, async || {
            guest.events("gazette", "").await.err()
        });
        assert_eq!(refused.await.code(), Code::Unauthenticated);
    }
    let (now, _): (i64, i32) = desk.redis.ask(&["TIME"]);
    assert!(now >= seconds + 2, "not before its time");
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_lists_the_sites_of_the_key_without_their_policies() {
    let desk = Desk::start().await;
    for site in ["gazette", "herald"] {
        desk.site(site, everything_waits()).await;
    }
    let listed = async |role| {
        let client = desk.someone(0, "gazette", role, "somebody").await;
        let mut sites = client.sites.clone();
        let listed = sites.list_sites(v1::ListSitesRequest {}).await.unwrap();
        let listed = listed.into_inner().sites.into_iter();
        let of_each = listed.map(|site| (site.site, site.policy.is_some()));
        of_each.collect::<Vec<_>>()
    };
    let gazette = "gazette".to_owned();
    assert_eq!(
        listed(Role::PrivacyOfficer).await,
        [(gazette.clone(), false)]
    );
    assert_eq!(listed(Role::Admin).await, [(gazette, true)]);
    desk.finish().await;
}
