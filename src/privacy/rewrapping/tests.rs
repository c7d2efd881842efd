use super::*;
use crate::{
    comment::{
        contact::{Contact, SealedContact},
        ids::{CommentId, SiteId},
    },
    privacy::{
        keys::OfficerPrivateKey,
        opening::{OpenError, open, open_with},
        sealing::Sealer,
        wrapped::WrappedError,
    },
};

fn officer() -> OfficerPrivateKey {
    OfficerPrivateKey::generate().unwrap()
}

struct Sealed {
    site: SiteId,
    comment: CommentId,
    contact: SealedContact,
}

fn sealed_to(officer: &OfficerPrivateKey) -> Sealed {
    let (site, comment): (SiteId, _) = ("daily".parse().unwrap(), CommentId::fresh());
    let contact = Contact {
        email: "reader@example.org".parse().ok(),
        ..Contact::default()
    };
    let sealer = Sealer::new(officer.public().clone());
    let contact = sealer.seal(&site, &comment, &contact).unwrap();
    Sealed {
        site,
        comment,
        contact,
    }
}

fn wrapped(sealed: &Sealed) -> WrappedDataKey {
    WrappedDataKey::parse(&sealed.contact.wrapped_data_key).unwrap()
}

#[test]
fn what_was_sealed_to_the_old_key_opens_with_the_new_one_alone() {
    let (old, new) = (officer(), officer());
    let sealed = sealed_to(&old);
    let before = wrapped(&sealed);
    let after = rewrap(&old.clone().into(), new.public(), &before).unwrap();
    assert_eq!(
        (after.id(), after.officer()),
        (before.id(), new.public().id())
    );
    let opens = |officer: &OfficerPrivateKey, wrapped: &WrappedDataKey| {
        let wrapped = wrapped.as_bytes();
        let contact = &sealed.contact.sealed;
        open(officer, &sealed.site, &sealed.comment, wrapped, contact).map(|opened| opened.email)
    };
    let email = Some("reader@example.org".to_owned().into());
    assert_eq!(opens(&new, &after), Ok(email.clone()));
    assert_eq!(opens(&old, &before), Ok(email), "what is not moved stays");
    let needed = new.public().id();
    assert_eq!(opens(&old, &after), Err(OpenError::OtherOfficer { needed }));
    let needed = old.public().id();
    assert_eq!(
        opens(&new, &before),
        Err(OpenError::OtherOfficer { needed })
    );
}

#[test]
fn a_keyring_picks_by_the_id() {
    let keys = [officer(), officer(), officer()];
    let keyring = Keyring::new(keys[..2].to_vec()).unwrap();
    for (key, is_there) in [(0, true), (1, true), (2, false)] {
        let sealed = sealed_to(&keys[key]);
        let opened = open_with(
            &keyring,
            &sealed.site,
            &sealed.comment,
            &sealed.contact.wrapped_data_key,
            &sealed.contact.sealed,
        );
        let needed = keys[key].public().id();
        match opened {
            Ok(_) => assert!(is_there, "{key}"),
            Err(error) => {
                assert!(!is_there, "{key}: {error}");
                assert!(error.to_string().contains(&needed.to_string()), "{error}");
            }
        }
        let moved = rewrap(&keyring, keys[0].public(), &wrapped(&sealed));
        assert_eq!(moved.is_ok(), is_there);
    }
    assert!(Keyring::new(Vec::new()).is_none());
    let told = format!("{keyring:?}");
    assert!(!told.contains(&*keys[0].to_text()), "{told}");
}

#[test]
fn what_was_changed_is_not_moved() {
    let (old, new) = (officer(), officer());
    let keyring = Keyring::from(old.clone());
    let bytes = wrapped(&sealed_to(&old)).as_bytes().to_vec();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        match WrappedDataKey::parse(&changed) {
            Ok(changed) => assert!(
                rewrap(&keyring, new.public(), &changed).is_err(),
                "bit {bit}"
            ),
            Err(error) => assert!(bit < 8, "bit {bit}: {error}"),
        }
    }
    for length in [0, 1, 96] {
        let found = length;
        let parsed = WrappedDataKey::parse(&bytes[..length]);
        assert_eq!(parsed, Err(WrappedError::Length { found }));
    }
    let long = [&bytes[..], &[0]].concat();
    assert!(WrappedDataKey::parse(&long).is_err());
}
