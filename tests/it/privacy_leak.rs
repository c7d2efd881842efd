//! No contact data in clear, anywhere. Canaries are planted in the contact fields of every call, and where they do not
//! belong; all features are driven; then every place where something could be left is searched for them.
//!
//! In the order of reading: `canaries` makes them, `scene` is where they are let loose; `submissions`, `readers`,
//! `moderation`, `officer` and `commands` are what people do; `hostile` (with `fields` and `raw`), `doors` and `tampered`
//! what nobody should; `trouble`, `replica` and `printed` what goes wrong; `search` looks for them.

mod canaries;
mod commands;
mod doors;
mod fields;
mod heard;
mod hostile;
mod moderation;
mod officer;
mod printed;
mod raw;
mod readers;
mod replica;
mod retention;
mod scene;
mod search;
mod submissions;
mod tampered;
mod trouble;

use replica::Replica;
use scene::Scene;
use search::{Place, Search};
use submissions::Submitted;

use crate::harness::remains::files;

/// What people do, and what goes wrong.
async fn live(scene: &Scene) -> Vec<Submitted> {
    retention::forget_old(scene).await;
    let stored = submissions::submit_all(scene).await;
    moderation::read_and_decide(scene).await;
    moderation::moderate_authors(scene, &stored).await;
    readers::import_all(scene).await;
    readers::report_all(scene, &stored).await;
    readers::change_all(scene, &stored).await;
    moderation::decide_many(scene, &stored).await;
    officer::open_stored(scene, &stored, &scene.aviary.search()).await;
    let fields = hostile::attack_every_field(scene).await;
    assert!(fields > 150, "{fields} fields are not all that there are");
    doors::headers(scene).await;
    doors::tokens(scene).await;
    doors::messages(scene).await;
    commands::by_admin(scene).await;
    commands::by_officer(scene, &stored).await;
    commands::with_the_private_key(scene).await;
    stored
}

/// What goes wrong: certificates that nobody trusts, a replica that crashes, a Redis in trouble. Its places.
async fn suffer(scene: &Scene, stored: &[Submitted]) -> Vec<Place> {
    let replica = Replica::start(scene).await;
    doors::certificates(scene, &replica).await;
    replica.submit(scene).await;
    officer::do_all(scene, stored).await;
    // What is erased must not have been in clear before either.
    let before = files(&scene.data(), "secrets");
    officer::erase_one(scene).await;
    moderation::read_everything(scene).await;
    trouble::live_through_all(scene, stored).await;
    let log = replica.crash(scene).await;
    vec![
        place("the files before an erasure", before, "Point 12"),
        place("a crashed replica's log, JSON", log, "\"TRACE\""),
    ]
}

fn place(name: &'static str, bytes: Vec<u8>, known: &'static str) -> Place {
    Place { name, bytes, known }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_contact_is_seen_anywhere_but_at_the_privacy_officers() {
    let scene = Scene::open().await;
    let panics = printed::panics(&scene.aviary);
    let stored = live(&scene).await;
    let mut places = suffer(&scene, &stored).await;
    places.push(place("panic messages", panics, "[redacted]"));
    let (search, key) = (scene.aviary.search(), scene.admin_key.clone());
    places.extend(scene.end().await);
    report(&search, &places, &key);
}

/// Says what was looked through, and fails with what was found there.
fn report(search: &Search, places: &[Place], key: &str) {
    let secret = key.rsplit('_').next().unwrap();
    let mut leaks = Vec::new();
    for place in places {
        let shown = String::from_utf8_lossy(&place.bytes);
        assert!(
            shown.contains(place.known),
            "{} was looked through",
            place.name
        );
        if shown.contains(secret) {
            leaks.push(format!("{}: an access key", place.name));
        }
        leaks.extend(search.leaks(place));
    }
    let sizes = places
        .iter()
        .map(|p| format!("{} ({} bytes)", p.name, p.bytes.len()));
    println!(
        "{} canaries planted, {} places searched: {}; {} found",
        search.count(),
        places.len(),
        sizes.collect::<Vec<_>>().join(", "),
        leaks.len()
    );
    assert!(leaks.is_empty(), "leaks:\n{}", leaks.join("\n"));
}
