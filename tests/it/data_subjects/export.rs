//! An export tells all that is held, and says when that was all.

use replydesk::proto::v1::{self, AuditAction, export_subject_response::Item};

use super::{ADA, Newsroom};
use crate::harness::privacy::{REASON, opened, with_account, with_email};

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_everything_and_ends_with_its_summary() {
    let room = Newsroom::open().await;
    let mut ids = room.busy_ada().await;
    room.other(1).await;
    let items = room.officer.export(with_email(ADA)).await.unwrap();
    let (mut authors, mut comments) = (Vec::new(), Vec::new());
    let last = items.last().cloned();
    for item in items {
        match item {
            Item::Author(author) => authors.push(author),
            Item::Comment(comment) => comments.push(comment),
            Item::Summary(_) => {}
        }
    }
    let summary = v1::ExportSummary {
        not_found_before: None,
        authors: 3,
        comments: 8,
    };
    assert_eq!(last, Some(Item::Summary(summary)));
    let accounts: Vec<_> = authors.iter().map(|author| author.is_account).collect();
    assert_eq!(accounts, [false, true, true]);
    let standing = authors[0].standing.as_ref().unwrap();
    assert_eq!(standing.reason, "Canary standing");
    assert_eq!(authors[0].notes[0].note, "Canary note: she writes engines");

    let mut found: Vec<_> = comments
        .iter()
        .map(|exported| exported.comment.as_ref().unwrap().comment_id.clone())
        .collect();
    found.sort();
    ids.sort();
    assert_eq!(found, ids);
    for exported in &comments {
        let contact = opened(&room.desk.officer, exported.contact.as_ref().unwrap());
        assert_eq!(
            contact.email.as_ref().map(|email| email.as_str()),
            Some(ADA)
        );
        let comment = exported.comment.as_ref().unwrap();
        assert!(!comment.body.is_empty(), "{comment:?}");
    }
    let earlier: usize = comments.iter().map(|one| one.earlier_versions.len()).sum();
    assert_eq!(earlier, 2, "what was revised and what was redacted");
    let mut actions: Vec<_> = comments
        .iter()
        .flat_map(|one| one.decisions.iter().map(v1::AuditEntry::action))
        .collect();
    actions.sort();
    assert_eq!(
        actions,
        [
            AuditAction::Decided,
            AuditAction::Redacted,
            AuditAction::Retracted,
            AuditAction::Revised,
            AuditAction::Appealed,
        ]
    );
    let acts = room.officers_acts().await;
    let act = (
        AuditAction::SubjectExported,
        REASON.to_owned(),
        String::new(),
    );
    assert_eq!(acts, [act]);
    room.desk.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_known_has_an_empty_export() {
    let room = Newsroom::open().await;
    room.ada(0, None).await;
    for named in [with_email("nobody@readers.example"), with_account("nobody")] {
        let items = room.officer.export(named).await.unwrap();
        assert_eq!(items, [Item::Summary(v1::ExportSummary::default())]);
    }
    room.desk.finish().await;
}
