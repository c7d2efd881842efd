use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_contact_comes_back(
        email in "[a-z0-9.+]{1,20}@[a-z]{1,20}\\.example",
        ip in any::<std::net::IpAddr>(),
        agent in "[ -~]{0,60}|\\PC{0,200}",
        name in "[a-z][a-z0-9-]{0,39}",
    ) {
        let officer = officer();
        let sealer = Sealer::new(officer.public().clone());
        let (site, id) = (site(&name), CommentId::fresh());
        let contact = contact(&email, &ip.to_string(), &agent);
        let sealed = sealer.seal(&site, &id, &contact).unwrap();
        let opened = open(&officer, &site, &id, &sealed.wrapped_data_key, &sealed.sealed);
        prop_assert_eq!(opened, Ok(clear(&contact)));
    }

    #[test]
    fn garbage_never_opens_and_never_panics(
        wrapped in proptest::collection::vec(any::<u8>(), 0..200),
        sealed in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let opened = open(&officer(), &site("daily"), &CommentId::fresh(), &wrapped, &sealed);
        prop_assert!(opened.is_err());
    }
}
