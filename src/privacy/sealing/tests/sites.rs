//! Each site has data keys of its own.

use super::*;

fn sealer(rotation: Rotation) -> Sealer {
    Sealer::with_rotation(officer().public().clone(), rotation)
}

/// With which data key a contact of this site is sealed now.
fn key_of(sealer: &Sealer, name: &str) -> [u8; 8] {
    let sealed = sealer.seal(&site(name), &CommentId::fresh(), &Contact::default());
    sealed.unwrap().data_key_id
}

fn held(sealer: &Sealer) -> Vec<String> {
    let held = sealer.current.read().unwrap();
    let mut sites: Vec<_> = held.keys().map(ToString::to_string).collect();
    sites.sort();
    sites
}

#[test]
fn no_two_sites_share_a_data_key() {
    let officer = officer();
    let sealer = Sealer::new(officer.public().clone());
    let (daily, weekly, id) = (site("daily"), site("weekly"), CommentId::fresh());
    let contact = contact("reader@example.org", "203.0.113.7", CHROME);
    let seal = |site| sealer.seal(site, &id, &contact).unwrap();
    let (first, other, again) = (seal(&daily), seal(&weekly), seal(&daily));
    assert_ne!(first.data_key_id, other.data_key_id);
    assert_ne!(first.wrapped_data_key, other.wrapped_data_key);
    assert_eq!(first.data_key_id, again.data_key_id, "and keeps its own");
    let opened = |wrapped: &[u8]| open(&officer, &daily, &id, wrapped, &first.sealed);
    assert_eq!(opened(&again.wrapped_data_key), Ok(clear(&contact)));
    assert_eq!(
        opened(&other.wrapped_data_key),
        Err(OpenError::OtherDataKey)
    );
    // Not in name alone.
    let inside = |wrapped: &[u8]| {
        let wrapped = crate::privacy::wrapped::WrappedDataKey::parse(wrapped).unwrap();
        crate::privacy::data_key::unwrap(&officer, &wrapped).unwrap()
    };
    assert_ne!(
        *inside(&first.wrapped_data_key),
        *inside(&other.wrapped_data_key)
    );
}

#[test]
fn one_site_s_contacts_do_not_use_up_another_s_key() {
    let sealer = sealer(Rotation {
        max_contacts: 10,
        ..Rotation::default()
    });
    let quiet = key_of(&sealer, "quiet");
    let busy: HashSet<_> = (0..100).map(|_| key_of(&sealer, "busy")).collect();
    assert_eq!(busy.len(), 10);
    assert!(!busy.contains(&quiet));
    for contact in 2..=10 {
        assert_eq!(key_of(&sealer, "quiet"), quiet, "contact {contact}");
    }
    assert_ne!(key_of(&sealer, "quiet"), quiet, "the eleventh");
}

#[test]
fn when_too_many_sites_have_one_the_oldest_key_goes() {
    let sealer = sealer(Rotation {
        max_sites: 3,
        ..Rotation::default()
    });
    let [a, b, c] = ["a", "b", "c"].map(|name| key_of(&sealer, name));
    assert_eq!(held(&sealer), ["a", "b", "c"]);
    // In use, and the oldest nevertheless.
    assert_eq!(key_of(&sealer, "a"), a);
    key_of(&sealer, "d");
    assert_eq!(held(&sealer), ["b", "c", "d"]);
    assert_eq!([key_of(&sealer, "b"), key_of(&sealer, "c")], [b, c]);
    assert_ne!(key_of(&sealer, "a"), a, "a dropped key does not come back");
    assert_eq!(held(&sealer), ["a", "c", "d"]);
    assert_eq!(Rotation::default().max_sites, 1_024);
}

#[test]
fn a_renewed_key_pushes_no_other_site_s_out() {
    let sealer = sealer(Rotation {
        max_contacts: 1,
        max_sites: 2,
        ..Rotation::default()
    });
    for name in ["a", "b", "b", "b"] {
        key_of(&sealer, name);
    }
    assert_eq!(held(&sealer), ["a", "b"]);
}

#[test]
fn only_what_is_past_its_age_is_forgotten() {
    let sealer = sealer(Rotation::default());
    let [young, old] = ["young", "old"].map(|name| key_of(&sealer, name));
    make_older(&sealer, "old");
    sealer.forget_old();
    assert_eq!(held(&sealer), ["young"]);
    assert_eq!(key_of(&sealer, "young"), young);
    assert_ne!(key_of(&sealer, "old"), old);
}

/// As if the site's data key had been made ten minutes before.
fn make_older(sealer: &Sealer, name: &str) {
    let mut held = sealer.current.write().unwrap();
    let current = held.get_mut(&site(name)).and_then(Arc::get_mut).unwrap();
    current.made_at = current
        .made_at
        .checked_sub(Duration::from_secs(600))
        .unwrap();
}

#[test]
fn threads_on_many_sites_make_one_key_for_each() {
    let sealer = sealer(Rotation::default());
    let names = ["a", "b", "c", "d", "e"];
    let seal = || {
        let rounds = (0..20).flat_map(|_| names);
        let sealed = rounds.map(|name| (name, key_of(&sealer, name)));
        sealed.collect::<Vec<_>>()
    };
    let pairs: HashSet<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(seal)).collect();
        let sealed = threads.into_iter().flat_map(|t| t.join().unwrap());
        sealed.collect()
    });
    let keys: HashSet<_> = pairs.iter().map(|(_, key)| key).collect();
    assert_eq!((pairs.len(), keys.len()), (5, 5));
    let held = sealer.current.read().unwrap();
    let contacts = held.values().map(|c| c.contacts.load(Ordering::Relaxed));
    assert!(contacts.into_iter().all(|n| n == 80), "each is counted");
}
