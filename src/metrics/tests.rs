use std::{collections::BTreeSet, fs};

use super::{Metrics, catalogue, replica::Now};

const NOW: Now = Now {
    ready: true,
    redis_up: true,
    redis_reconnects: 0,
    seal_lease: 45.0,
    certificate: None,
};

#[test]
fn the_docs_are_made_from_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/METRICS.md");
    let made = catalogue::markdown();
    if std::env::var_os("REPLYDESK_WRITE_DOCS").is_some() {
        fs::write(path, &made).unwrap();
    }
    let docs = fs::read_to_string(path).unwrap_or_default();
    assert!(
        docs == made,
        "docs/METRICS.md is not what the catalogue says; make it anew with \
         `REPLYDESK_WRITE_DOCS=1 cargo test --lib the_docs_are_made_from_the_catalogue`"
    );
}

#[test]
fn the_page_tells_each_family_of_the_catalogue_once_and_no_other() {
    let page = Metrics::default().page(&NOW);
    let told = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let told: Vec<&str> = told.filter_map(|line| line.split(' ').next()).collect();
    let names: Vec<&str> = catalogue::ALL.iter().map(|family| family.name).collect();
    let set = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(told.len(), names.len());
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), set(&names));
}

#[test]
fn names_are_by_convention() {
    for family in catalogue::ALL {
        let catalogue::Family {
            name,
            help,
            labels,
            buckets,
            ..
        } = family;
        let is_counter = family.kind == catalogue::Kind::Counter;
        assert_eq!(name.ends_with("_total"), is_counter, "{name}");
        assert!(
            name.starts_with("replydesk_") || name.starts_with("process_"),
            "{name}"
        );
        assert!(
            help.ends_with('.') && !help.contains(['\n', '\\']),
            "{name}"
        );
        assert!(labels.iter().all(|label| label.name != "le"), "{name}");
        assert!(buckets.is_sorted(), "{name}");
        let is_histogram = family.kind == catalogue::Kind::Histogram;
        assert_eq!(is_histogram, !buckets.is_empty(), "{name}");
    }
}
