use std::time::Duration;

use super::*;
use crate::access::{role::Role, scope::SiteScope};

const FILE: &str = r#"
[[identity]]
san = "spiffe://news.example/blog"
role = "submitter"
sites = ["gazette"]
label = "blog of the Gazette"

[[identity]]
san = "desk.news.example"
role = "admin"
sites = ["*"]
label = "the desk"
"#;

fn showing(names: &[&str]) -> ClientCertificate {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    ClientCertificate::new(names, SystemTime::UNIX_EPOCH + Duration::from_secs(100))
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_name_stands_for_its_role_and_sites() {
    let identities = Identities::parse(FILE).unwrap();
    assert_eq!(identities.len(), 2);
    let blog = identities.caller(&showing(&["x", "spiffe://news.example/blog"]), at(99));
    let blog = blog.unwrap();
    assert_eq!(
        (blog.role, &*blog.label, blog.scope.names()),
        (
            Role::Submitter,
            "blog of the Gazette",
            vec!["gazette".to_owned()]
        )
    );
    let digest = Sha256::digest(b"mtls|spiffe://news.example/blog");
    assert_eq!(blog.key_id.as_bytes()[..], digest[..8]);
    let desk = identities.caller(&showing(&["desk.news.example"]), at(0));
    assert_eq!(desk.unwrap().scope, SiteScope::All);
}

#[test]
fn whom_no_single_name_stands_for_is_nobody() {
    let identities = Identities::parse(FILE).unwrap();
    for names in [
        &[][..],
        &["spiffe://news.example/blog/"],
        &["DESK.news.example"],
        &["*.news.example"],
        &["desk.news.example", "spiffe://news.example/blog"],
    ] {
        let refused = identities.caller(&showing(names), at(0));
        assert!(
            matches!(refused, Err(AccessError::CertificateUnknown)),
            "{names:?}"
        );
    }
}

#[test]
fn what_is_over_or_distrusted_stands_for_nobody() {
    let identities = Identities::parse(FILE).unwrap();
    let certificate = showing(&["desk.news.example"]);
    let over = identities.caller(&certificate, at(100));
    assert!(matches!(over, Err(AccessError::CertificateOver)));
    certificate.distrust();
    let over = identities.caller(&certificate, at(0));
    assert!(matches!(over, Err(AccessError::CertificateOver)));
}

#[test]
fn everything_wrong_is_named_at_once() {
    let wrong = Identities::parse(
        r#"
identities = 1
[[identity]]
san = "a b"
role = "king"
sites = []
label = " "
lable = "x"
[[identity]]
san = "*.example.org"
role = "admin"
sites = ["gazette", "*", "No"]
label = "x"
[[identity]]
san = "one.example"
role = "admin"
sites = "*"
[[identity]]
san = "two.example"
role = "admin"
sites = ["*"]
label = "first"
[[identity]]
san = "two.example"
role = "submitter"
sites = ["*"]
label = "second"
"#,
    );
    insta::assert_snapshot!(wrong.unwrap_err().0.join("\n"));
    for none in [
        "x",
        "identity = 3",
        "[identity]\nsan = 'x'",
        "[[identity]]\n",
    ] {
        Identities::parse(none).unwrap_err();
    }
    assert!(Identities::parse("").unwrap().is_empty());
}
