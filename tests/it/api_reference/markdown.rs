//! The protos as a page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use prost_types::method_options::IdempotencyLevel;
use replydesk::access::table;

use super::protos::{Enum, Field, Message, Method, Protos, Service, Type_};

const HEAD: &str = "\
# API reference

Made from [`proto/replydesk/v1`](../proto/replydesk/v1) and `src/access/table.rs`; a test holds it to them. After a change
there: `UPDATE_DOCS=1 cargo nextest run -E 'test(api_reference)'`. [GUIDE.md](GUIDE.md) tells how it is meant: keys, errors,
what is safe to repeat, cursors; [CLIENTS.md](CLIENTS.md) how to write a client.

All is in the package `replydesk.v1`. A field that is left out has its default: empty, zero or false. Fields, values and
methods are added; a client passes over what it does not know.
";

/// The whole page.
pub fn reference(protos: &Protos) -> String {
    let page = Page::new(protos);
    let mut text = HEAD.to_owned();
    text.push_str("\n## Who may call what\n\n");
    text.push_str(
        "\"The sites named\": the key must be good for each site that the request names. \"Its own sites\": the answer, or what is\n\
         changed, stays within the key's sites. \"All sites\": the key must be bound to none.\n\n",
    );
    let _ = writeln!(text, "{}\n", table::markdown());
    text.push_str(
        "`ListAuditEntries` without a site is the installation's own log: an admin's, with a key for all sites. Decisions on\n\
         escalated items, and the lane itself, are for senior moderators and admins.\n",
    );
    for service in &protos.services {
        page.service(&mut text, service);
    }
    text.push_str(
        "\n## Messages\n\nThose that more than one method, or another message, speaks of.\n",
    );
    for message in protos
        .messages
        .iter()
        .filter(|message| !page.belongs_to_a_method(message))
    {
        page.message(&mut text, message);
    }
    text.push_str("\n## Enums\n");
    for declared in &protos.enums {
        enumeration(&mut text, declared);
    }
    text
}

/// The anchor that GitHub gives a heading.
pub fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

struct Page<'a> {
    messages: BTreeMap<&'a str, &'a Message>,
    /// What has a heading of its own.
    names: BTreeSet<&'a str>,
    /// Requests and responses, which stand with their method.
    of_methods: BTreeSet<&'a str>,
}

impl<'a> Page<'a> {
    fn new(protos: &'a Protos) -> Self {
        let messages: BTreeMap<_, _> = protos
            .messages
            .iter()
            .map(|m| (m.name.as_str(), m))
            .collect();
        let enums = protos.enums.iter().map(|declared| declared.name.as_str());
        let methods = protos.services.iter().flat_map(|service| &service.methods);
        let of_methods = methods.flat_map(|m| [m.request.name.as_str(), m.response.name.as_str()]);
        Self {
            names: messages.keys().copied().chain(enums).collect(),
            of_methods: of_methods.collect(),
            messages,
        }
    }

    fn belongs_to_a_method(&self, message: &Message) -> bool {
        let outermost = message.name.split('.').next().unwrap_or_default();
        self.of_methods.contains(outermost)
    }

    fn service(&self, text: &mut String, service: &Service) {
        let _ = write!(
            text,
            "\n## {}\n\n{}\n",
            service.name,
            prose(&service.comment)
        );
        for method in &service.methods {
            self.method(text, &service.name, method);
            for way in [&method.request, &method.response] {
                let of_it =
                    |name: &str| name == way.name || name.starts_with(&format!("{}.", way.name));
                let messages = self.messages.iter().filter(|(name, _)| of_it(name));
                messages.for_each(|(_, message)| self.message(text, message));
            }
        }
    }

    fn method(&self, text: &mut String, service: &str, method: &Method) {
        let way = |way: &Type_| {
            let link = self.linked(&way.name);
            if way.is_stream {
                format!("a stream of {link}")
            } else {
                link
            }
        };
        let (request, response) = (way(&method.request), way(&method.response));
        let _ = write!(
            text,
            "\n### {}\n\n{}\n\n",
            method.name,
            prose(&method.comment)
        );
        let _ = writeln!(text, "- {request} → {response}");
        let row = table::Method::at(&format!("/replydesk.v1.{service}/{}", method.name)).unwrap();
        let roles: Vec<&str> = row.roles().iter().map(|role| role.word()).collect();
        let _ = writeln!(
            text,
            "- For {}; the key is good for {}.",
            roles.join(", "),
            row.reach().word()
        );
        let safety = match method.safety {
            IdempotencyLevel::NoSideEffects => "Reads only: safe to repeat.",
            IdempotencyLevel::Idempotent => "Safe to repeat.",
            IdempotencyLevel::IdempotencyUnknown => {
                "Not to be repeated blindly: see [What is safe to repeat](GUIDE.md#what-is-safe-to-repeat)."
            }
        };
        let _ = writeln!(text, "- {safety}");
    }

    fn message(&self, text: &mut String, message: &Message) {
        let _ = write!(text, "\n#### {}\n", message.name);
        if !message.comment.is_empty() {
            let _ = write!(text, "\n{}\n", prose(&message.comment));
        }
        if message.fields.is_empty() {
            text.push_str("\nNo fields.\n");
            return;
        }
        text.push_str("\n| field | type | |\n|---|---|---|\n");
        for field in &message.fields {
            let _ = writeln!(
                text,
                "| `{}` | {} |{}",
                field.name,
                self.kind(field),
                last_cell(&meaning(field))
            );
        }
    }

    fn kind(&self, field: &Field) -> String {
        let kind = self.linked(&field.kind);
        match (field.is_repeated, field.is_optional) {
            (true, _) => format!("repeated {kind}"),
            (false, true) => format!("optional {kind}"),
            (false, false) => kind,
        }
    }

    fn linked(&self, name: &str) -> String {
        if self.names.contains(name) {
            format!("[{name}](#{})", anchor(name))
        } else {
            name.to_owned()
        }
    }
}

fn enumeration(text: &mut String, declared: &Enum) {
    let _ = write!(
        text,
        "\n#### {}\n\n{}\n",
        declared.name,
        prose(&declared.comment)
    );
    text.push_str("\n| value | |\n|---|---|\n");
    for (value, comment) in &declared.values {
        let _ = writeln!(text, "| `{value}` |{}", last_cell(&cell(comment)));
    }
}

/// The last cell of a row; an empty one has no blank too many.
fn last_cell(text: &str) -> String {
    if text.is_empty() {
        " |".to_owned()
    } else {
        format!(" {text} |")
    }
}

fn meaning(field: &Field) -> String {
    match &field.one_of {
        Some(group) => format!("One of `{group}`. {}", cell(&field.comment))
            .trim_end()
            .to_owned(),
        None => cell(&field.comment),
    }
}

/// A comment in a table: one line.
fn cell(comment: &str) -> String {
    prose(comment)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// A comment with its status codes and reasons set as code.
fn prose(comment: &str) -> String {
    let mut text = String::new();
    // Between backticks it is code already.
    for (n, part) in comment.split('`').enumerate() {
        if n > 0 {
            text.push('`');
        }
        if n % 2 == 0 {
            text.push_str(&with_codes(part));
        } else {
            text.push_str(part);
        }
    }
    text
}

fn with_codes(text: &str) -> String {
    let is_of_name = |c: char| c.is_ascii_uppercase() || c == '_';
    let mut marked = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_of_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_of_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        let stands_alone = !before.ends_with(|c: char| c.is_alphanumeric())
            && !after.starts_with(|c: char| c.is_alphanumeric());
        marked.push_str(before);
        if stands_alone && is_code(name) {
            let _ = write!(marked, "`{name}`");
        } else {
            marked.push_str(name);
        }
        rest = after;
    }
    marked.push_str(rest);
    marked
}

/// Such as `NOT_FOUND`, `THREAD_CLOSED` or `UNAVAILABLE`; not `UUID`.
fn is_code(name: &str) -> bool {
    let is_joined = name.contains('_') && !name.starts_with('_') && !name.ends_with('_');
    is_joined
        || matches!(
            name,
            "ABORTED"
                | "CANCELLED"
                | "INTERNAL"
                | "UNAUTHENTICATED"
                | "UNAVAILABLE"
                | "UNIMPLEMENTED"
        )
}
