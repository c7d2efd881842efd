use std::collections::HashSet;

use super::*;
use crate::{
    comment::contact::UserAgent,
    privacy::{
        keys::OfficerPrivateKey,
        opened::OpenedContact,
        opening::{OpenError, open},
    },
};

mod properties;
mod sites;

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";

fn officer() -> OfficerPrivateKey {
    OfficerPrivateKey::generate().unwrap()
}

fn site(name: &str) -> SiteId {
    name.parse().unwrap()
}

fn contact(email: &str, ip: &str, agent: &str) -> Contact {
    Contact {
        email: email.parse().ok(),
        ip: ip.parse().ok(),
        user_agent: agent
            .parse::<UserAgent>()
            .ok()
            .filter(|_| !agent.is_empty()),
    }
}

fn clear(contact: &Contact) -> OpenedContact {
    OpenedContact {
        email: contact.email.as_ref().map(|e| e.expose().to_owned().into()),
        ip: contact.ip.map(|ip| ip.expose()),
        user_agent: contact
            .user_agent
            .as_ref()
            .map(|a| a.expose().to_owned().into()),
    }
}

#[test]
fn what_is_sealed_opens_at_the_officer_s() {
    let officer = officer();
    let sealer = Sealer::new(officer.public().clone());
    let (site, id) = (site("daily"), CommentId::fresh());
    for (email, ip, agent) in [
        ("reader@example.org", "203.0.113.7", CHROME),
        ("jürgen@bücher.example", "2001:db8::7", "Größe/1.0"),
        ("Reader+x@Example.org", "", ""),
        ("", "::1", ""),
        ("", "", "curl/8.5.0"),
        ("", "", ""),
    ] {
        let contact = contact(email, ip, agent);
        let sealed = sealer.seal(&site, &id, &contact).unwrap();
        let opened = open(
            &officer,
            &site,
            &id,
            &sealed.wrapped_data_key,
            &sealed.sealed,
        );
        assert_eq!(opened, Ok(clear(&contact)));
        assert_eq!(sealed.data_key_id, sealed.sealed[1..9]);
    }
}

#[test]
fn a_typical_contact_stays_far_below_150_bytes() {
    let sealer = Sealer::new(officer().public().clone());
    let contact = contact("firstname.lastname@example.org", "203.0.113.7", CHROME);
    let sealed = sealer
        .seal(&site("daily"), &CommentId::fresh(), &contact)
        .unwrap();
    assert_eq!(sealed.sealed.len(), 49 + 1 + 1 + 30 + 4 + 5);
    assert_eq!(sealed.wrapped_data_key.len(), 97);
}

#[test]
fn a_sealed_contact_cannot_be_moved() {
    let officer = officer();
    let sealer = Sealer::new(officer.public().clone());
    let (daily, id) = (site("daily"), CommentId::fresh());
    let contact = contact("reader@example.org", "203.0.113.7", CHROME);
    let sealed = sealer.seal(&daily, &id, &contact).unwrap();
    let wrapped = &sealed.wrapped_data_key;
    for (elsewhere, other) in [(site("weekly"), id), (daily.clone(), CommentId::fresh())] {
        let opened = open(&officer, &elsewhere, &other, wrapped, &sealed.sealed);
        assert_eq!(opened, Err(OpenError::Changed));
    }
    let another = Sealer::new(officer.public().clone())
        .seal(&daily, &id, &contact)
        .unwrap();
    assert_eq!(
        open(
            &officer,
            &daily,
            &id,
            &another.wrapped_data_key,
            &sealed.sealed
        ),
        Err(OpenError::OtherDataKey)
    );
}

#[test]
fn another_officer_is_told_whose_key_it_takes() {
    let (one, other) = (officer(), officer());
    let sealer = Sealer::new(one.public().clone());
    let (site, id) = (site("daily"), CommentId::fresh());
    let sealed = sealer.seal(&site, &id, &Contact::default()).unwrap();
    assert_eq!(
        open(&other, &site, &id, &sealed.wrapped_data_key, &sealed.sealed),
        Err(OpenError::OtherOfficer {
            needed: one.public().id()
        })
    );
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let officer = officer();
    let sealer = Sealer::new(officer.public().clone());
    let (site, id) = (site("daily"), CommentId::fresh());
    let contact = contact("a@b.example", "", "");
    let whole = sealer.seal(&site, &id, &contact).unwrap();
    let opens = |wrapped: &[u8], sealed: &[u8]| open(&officer, &site, &id, wrapped, sealed).is_ok();
    assert!(opens(&whole.wrapped_data_key, &whole.sealed));
    for (what, bytes) in [
        ("sealed", &whole.sealed[..]),
        ("wrapped", &whole.wrapped_data_key[..]),
    ] {
        let test = |changed: &[u8]| match what {
            "sealed" => opens(&whole.wrapped_data_key, changed),
            _ => opens(changed, &whole.sealed),
        };
        for length in 0..bytes.len() {
            assert!(!test(&bytes[..length]), "{what} cut to {length}");
        }
        assert!(!test(&[bytes, &[0]].concat()), "{what} with a byte more");
        // X25519 ignores the highest bit of a public key (RFC 7748, 5), but HPKE hashes it too.
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!test(&changed), "{what} with bit {bit} flipped");
        }
    }
}

#[test]
fn later_versions_are_named() {
    let officer = officer();
    let sealer = Sealer::new(officer.public().clone());
    let (site, id) = (site("daily"), CommentId::fresh());
    let mut sealed = sealer.seal(&site, &id, &Contact::default()).unwrap();
    sealed.sealed[0] = 2;
    let error = open(
        &officer,
        &site,
        &id,
        &sealed.wrapped_data_key,
        &sealed.sealed,
    )
    .unwrap_err();
    assert!(error.to_string().contains("version 2"), "{error}");
}

#[test]
fn data_keys_are_replaced_by_count_and_by_age() {
    let officer = officer();
    let keys = |rotation, times| {
        let sealer = Sealer::with_rotation(officer.public().clone(), rotation);
        let seal = |_| {
            let sealed = sealer
                .seal(&site("daily"), &CommentId::fresh(), &Contact::default())
                .unwrap();
            sealed.data_key_id
        };
        (0..times).map(seal).collect::<HashSet<_>>().len()
    };
    let usual = Rotation::default();
    assert_eq!(keys(usual, 100), 1);
    let by_count = Rotation {
        max_contacts: 10,
        ..usual
    };
    assert_eq!(keys(by_count, 100), 10);
    let by_age = Rotation {
        max_age: Duration::ZERO,
        ..usual
    };
    assert_eq!(keys(by_age, 3), 3);
}

#[test]
fn an_idle_sealer_forgets_its_old_key_only() {
    let held = |max_age| {
        let rotation = Rotation {
            max_age,
            ..Rotation::default()
        };
        let sealer = Sealer::with_rotation(officer().public().clone(), rotation);
        sealer
            .seal(&site("daily"), &CommentId::fresh(), &Contact::default())
            .unwrap();
        sealer.forget_old();
        !sealer.current.read().unwrap().is_empty()
    };
    assert!(held(Duration::from_secs(600)));
    assert!(!held(Duration::ZERO));
}

#[test]
fn threads_share_one_key_and_never_a_nonce() {
    let sealer = Sealer::new(officer().public().clone());
    let (site, id) = (site("daily"), CommentId::fresh());
    let seal = || {
        (0..200)
            .map(|_| sealer.seal(&site, &id, &Contact::default()).unwrap())
            .collect::<Vec<_>>()
    };
    let all: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(seal)).collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    let nonces: HashSet<_> = all.iter().map(|s| s.sealed[9..33].to_vec()).collect();
    let keys: HashSet<_> = all.iter().map(|s| s.data_key_id).collect();
    assert_eq!((nonces.len(), keys.len()), (800, 1));
}

#[test]
fn nothing_prints_what_is_inside() {
    let officer = officer();
    let sealer = Sealer::new(officer.public().clone());
    let (site, id) = (site("daily"), CommentId::fresh());
    let contact = contact("canary@example.org", "203.0.113.7", "Canary/1.0");
    let sealed = sealer.seal(&site, &id, &contact).unwrap();
    let opened = open(
        &officer,
        &site,
        &id,
        &sealed.wrapped_data_key,
        &sealed.sealed,
    )
    .unwrap();
    let text = format!("{sealer:?} {sealed:?} {opened:?} {officer:?}");
    for canary in ["canary", "Canary", "203.0.113", "rdpriv"] {
        assert!(!text.contains(canary), "{text}");
    }
    assert!(!sealed.sealed.windows(6).any(|w| w == b"canary"));
}

#[test]
fn what_was_sealed_once_opens_for_ever() {
    let base64 = |text: &str| data_encoding::BASE64.decode(text.as_bytes()).unwrap();
    let officer = "rdpriv1_eBIc8bC2dJGgT6iCJGRVRslSsFp0T1qyifSLOb-9qmdgthlQ"
        .parse()
        .unwrap();
    let wrapped = base64(
        "Ab2N/B81PU9G8SN+IHSdMPn4jtjB/CFVYkhff4h1o5XRnNsqWwejklLbkqvjEBJKNUE6Hvgob7nrGx+Jj5Km4Q01fRHLuiLdmfXErGCmUW+/aKQapVss3izrMtegLui4eg==",
    );
    let sealed = base64(
        "AfEjfiB0nTD5iZm0SX0cnDLNw1fg2+oB8JvY9CN3EiUTNzz9xc7NMOKWQCvsoarWXK2xCUjLioWIm85hhIBOshWTapdY9wNart5CoUUyNFHhG7gOoTQ02+yScvQdq1b7UNkXKAI=",
    );
    let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let opened = open(&officer, &site("daily"), &id, &wrapped, &sealed);
    let expected = contact("Jürgen.Leser@bücher.example", "2001:db8::7", CHROME);
    assert_eq!(opened, Ok(clear(&expected)));
}
