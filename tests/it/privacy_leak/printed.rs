//! What a panic would say: every type that holds contact data, printed in the message of one.

use std::{
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
};

use replydesk::{
    access::presented::Presented,
    authors::naming::Named,
    comment::{
        contact::{ClientIp, Contact, EmailAddress, UserAgent},
        fields::RequiredFields,
        imported::{ImportDraft, ImportedComment},
        report::Reporter,
        submission::Submission,
    },
    data_subjects::DataSubject,
    grpc::convert,
    privacy::opened::OpenedContact,
    proto::v1,
};
use zeroize::Zeroizing;

use super::{
    canaries::{Aviary, Reader},
    heard::Heard,
    submissions::one_more,
};
use crate::harness::comments::moderated;

/// A panic that prints this.
fn panic_with(value: &dyn Debug) {
    let panicked = catch_unwind(AssertUnwindSafe(|| panic!("{value:?} {value:#?}")));
    assert!(panicked.is_err());
}

fn bad_addresses(email: &str) {
    let malformed = email.replace('@', "@@");
    panic_with(&malformed.parse::<EmailAddress>());
    panic_with(&format!("{}@{email}", "x".repeat(300)).parse::<EmailAddress>());
    panic_with(&malformed.parse::<ClientIp>());
    panic_with(&format!("{email}\u{7}").parse::<UserAgent>());
}

fn domain(reader: &Reader) {
    let email: EmailAddress = reader.email.parse().unwrap();
    let ip: ClientIp = reader.ip.parse().unwrap();
    let browser: UserAgent = reader.user_agent.parse().unwrap();
    panic_with(&Contact {
        email: Some(email.clone()),
        ip: Some(ip),
        user_agent: Some(browser.clone()),
    });
    panic_with(&OpenedContact {
        email: Some(Zeroizing::new(reader.email.clone())),
        ip: Some(ip.expose()),
        user_agent: Some(Zeroizing::new(reader.user_agent.clone())),
    });
    panic_with(&Named::Email(email.clone()));
    panic_with(&DataSubject::Email(email.clone()));
    panic_with(&Reporter::Email(email.clone()));
    panic_with(&Reporter::Ip(ip));
    panic_with(&(email, ip, browser));
    let shown = format!("Bearer {}", reader.email);
    let presented = Presented::header(Some(&shown));
    panic_with(&presented.from_peer(Some(ip.expose())));
}

fn submissions(aviary: &Aviary) {
    let (_, request) = one_more(aviary, 1, "a submission that is printed");
    panic_with(&request);
    let draft = convert::comment::draft("gazette".parse().unwrap(), request);
    panic_with(&draft);
    panic_with(&draft.fields);
    let parsed = Submission::parse(&draft, &RequiredFields::default());
    assert!(parsed.is_ok());
    panic_with(&parsed);
    let (_, mut request) = one_more(aviary, 2, "a bad submission that is printed");
    let author = request.author.as_mut().unwrap();
    author.email = author.email.replace('@', "@@");
    let transport = request.transport.as_mut().unwrap();
    transport.ip_address.push('/');
    transport.user_agent.push('\0');
    let draft = convert::comment::draft("gazette".parse().unwrap(), request);
    let refused = Submission::parse(&draft, &RequiredFields::default());
    assert!(refused.is_err());
    panic_with(&refused);
    panic_with(&refused.unwrap_err().to_string());
}

fn messages(aviary: &Aviary) {
    use v1::{data_subject, subject};
    let reader = aviary.reader("a message that is printed");
    let mut imported = moderated(1);
    let author = imported.author.as_mut().unwrap();
    author.email.clone_from(&reader.email);
    panic_with(&imported);
    let draft: ImportDraft = convert::import::draft(imported);
    panic_with(&draft);
    let site = "gazette".parse().unwrap();
    panic_with(&ImportedComment::parse(&site, &draft));
    panic_with(&v1::Reporter {
        email: reader.email.clone(),
        ip_address: reader.ip,
        ..Default::default()
    });
    let named = subject::NamedBy::Email(reader.email.clone());
    panic_with(&named);
    panic_with(&v1::Subject {
        named_by: Some(named),
    });
    let named = data_subject::NamedBy::Email(reader.email);
    panic_with(&v1::ExportSubjectRequest {
        subject: Some(v1::DataSubject {
            named_by: Some(named),
        }),
        ..Default::default()
    });
}

/// All that was said by panics.
pub fn panics(aviary: &Aviary) -> Vec<u8> {
    let said = Heard::default();
    let (kept, before) = (said.clone(), take_hook());
    set_hook(Box::new(move |panic| {
        kept.note(panic.to_string().as_bytes())
    }));
    bad_addresses(&aviary.email("a bad address that is printed"));
    domain(&aviary.reader("a contact that is printed"));
    submissions(aviary);
    messages(aviary);
    let _ = take_hook();
    set_hook(before);
    said.all()
}
