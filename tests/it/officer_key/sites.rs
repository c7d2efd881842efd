//! What one site destroys lies with no other.

use std::collections::HashSet;

use replydesk::{
    comment::ids::{CommentId, SiteId},
    privacy::opening::{OpenError, open},
    proto::v1::{RevealContactRequest, Role, SealedContact},
};

use super::stored_of;
use crate::harness::{
    Desk,
    comments::{everything_waits, nth},
    privacy::REASON,
};

const SITES: [&str; 2] = ["gazette", "herald"];

/// Contacts of both sites in turn, as the officer gets them.
async fn submitted(desk: &Desk) -> Vec<SealedContact> {
    let mut blogs = Vec::new();
    for site in SITES {
        let blog = desk.site(site, everything_waits()).await;
        let olga = desk.someone(0, site, Role::PrivacyOfficer, "olga").await;
        blogs.push((site, blog, olga));
    }
    let mut contacts = Vec::new();
    for n in 0..3 {
        for (site, blog, olga) in &blogs {
            let request = nth(site, n);
            let comment_id = request.comment_id.clone();
            blog.submit(request).await.unwrap();
            let request = RevealContactRequest {
                site: (*site).to_owned(),
                comment_id,
                reason: REASON.to_owned(),
            };
            let revealed = olga.privacy.clone().reveal_contact(request).await.unwrap();
            contacts.push(revealed.into_inner().contact.unwrap());
        }
    }
    contacts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_s_contacts_open_with_no_data_key_of_another_site() {
    let desk = Desk::start().await;
    let contacts = submitted(&desk).await;
    let ids = |site: &SiteId| stored_of(&desk, site).into_keys().collect::<HashSet<_>>();
    let [gazette, herald] = SITES.map(|site| ids(&site.parse().unwrap()));
    assert!(!gazette.is_empty() && !herald.is_empty());
    assert!(gazette.is_disjoint(&herald), "{gazette:?} {herald:?}");
    for (n, contact) in contacts.iter().enumerate() {
        let own = SITES[n % 2];
        let (site, id): (SiteId, CommentId) =
            (own.parse().unwrap(), contact.comment_id.parse().unwrap());
        let opened =
            |wrapped: &[u8]| open(&desk.officer, &site, &id, wrapped, &contact.sealed).map(|_| ());
        assert_eq!(opened(&contact.wrapped_data_key), Ok(()));
        let other: SiteId = SITES[(n + 1) % 2].parse().unwrap();
        for key in stored_of(&desk, &other).into_values() {
            let refused = opened(key.as_bytes());
            assert_eq!(refused, Err(OpenError::OtherDataKey), "{own} by {other}");
        }
    }
    desk.finish().await;
}
