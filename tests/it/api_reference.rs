//! `docs/API.md` is made from the protos and the table of access:
//!
//!     UPDATE_DOCS=1 cargo nextest run -E 'test(api_reference)'

mod markdown;
mod protos;

use std::{collections::BTreeSet, path::Path};

use protos::Protos;

#[test]
fn the_reference_is_what_the_protos_say() {
    let made = markdown::reference(&Protos::compiled_in());
    let headings = made.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(
        anchors(&made).len(),
        headings,
        "two headings have one anchor"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/API.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept
        .lines()
        .zip(made.lines())
        .find(|(kept, made)| kept != made);
    assert!(
        kept == made,
        "docs/API.md is not what the protos say, first here: {differs:?}\n\
         make it anew: UPDATE_DOCS=1 cargo nextest run -E 'test(api_reference)'"
    );
}

#[test]
fn whatever_a_caller_meets_has_a_comment() {
    let protos = Protos::compiled_in();
    assert!(protos.services.len() >= 4);
    for service in &protos.services {
        assert!(!service.comment.is_empty(), "{}", service.name);
        for method in &service.methods {
            assert!(
                !method.comment.is_empty(),
                "{}/{}",
                service.name,
                method.name
            );
        }
    }
    for declared in &protos.enums {
        assert!(!declared.comment.is_empty(), "enum {}", declared.name);
    }
}

#[test]
fn every_link_in_the_docs_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("examples/README.md")];
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        pages.push(entry.unwrap().path());
    }
    pages.retain(|page| page.extension().is_some_and(|end| end == "md"));
    let mut dead = Vec::new();
    for page in &pages {
        for link in links(&text(page).unwrap()) {
            if !leads_somewhere(page, &link) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(pages.len() > 5 && dead.is_empty(), "{dead:#?}");
}

/// A page; the reference as it is made, since the test beside this one may be writing it.
fn text(page: &Path) -> std::io::Result<String> {
    if page.ends_with("docs/API.md") {
        return Ok(markdown::reference(&Protos::compiled_in()));
    }
    std::fs::read_to_string(page)
}

/// What stands in `](…)`, but for other places on the web.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split_once(')').map(|(link, _)| link.to_owned()));
    targets.filter(|link| !link.contains("://")).collect()
}

fn leads_somewhere(page: &Path, link: &str) -> bool {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        page.to_owned()
    } else {
        page.with_file_name(file)
    };
    if anchor.is_empty() {
        return target.exists();
    }
    text(&target).is_ok_and(|text| anchors(&text).contains(anchor))
}

/// The anchors that GitHub makes of headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| markdown::anchor(line.trim_start_matches('#').trim()))
        .collect()
}
