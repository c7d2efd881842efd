//! The compiled protos, with their comments, in the order of the files.

use std::collections::HashMap;

use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    FileDescriptorSet, MethodDescriptorProto,
    field_descriptor_proto::{Label, Type},
    method_options::IdempotencyLevel,
};
use replydesk::proto::v1::DESCRIPTORS;

// The numbers of these fields in descriptor.proto: paths to comments are made of them.
const FILE_MESSAGE: i32 = 4;
const FILE_ENUM: i32 = 5;
const FILE_SERVICE: i32 = 6;
const MESSAGE_FIELD: i32 = 2;
const MESSAGE_NESTED: i32 = 3;
const MESSAGE_ENUM: i32 = 4;
const SERVICE_METHOD: i32 = 2;
const ENUM_VALUE: i32 = 2;

pub struct Service {
    pub name: String,
    pub comment: String,
    pub methods: Vec<Method>,
}

pub struct Method {
    pub name: String,
    pub comment: String,
    pub request: Type_,
    pub response: Type_,
    pub safety: IdempotencyLevel,
}

/// What goes one way.
pub struct Type_ {
    /// Such as `SubmitCommentRequest`.
    pub name: String,
    pub is_stream: bool,
}

/// A message, or one nested in another, such as `Event.Decided`.
pub struct Message {
    pub name: String,
    pub comment: String,
    pub fields: Vec<Field>,
}

pub struct Field {
    pub name: String,
    pub comment: String,
    /// Such as `string`, `Comment` or `google.protobuf.Timestamp`.
    pub kind: String,
    pub is_repeated: bool,
    /// It may be left out, which is not the same as its default.
    pub is_optional: bool,
    /// The group of fields of which one at most is set.
    pub one_of: Option<String>,
}

pub struct Enum {
    pub name: String,
    pub comment: String,
    /// Name and comment.
    pub values: Vec<(String, String)>,
}

#[derive(Default)]
pub struct Protos {
    pub services: Vec<Service>,
    pub messages: Vec<Message>,
    pub enums: Vec<Enum>,
}

impl Protos {
    pub fn compiled_in() -> Self {
        let mut protos = Self::default();
        for file in FileDescriptorSet::decode(DESCRIPTORS).unwrap().file {
            if file.package() == "replydesk.v1" {
                protos.read(&file);
            }
        }
        protos
    }

    fn read(&mut self, file: &FileDescriptorProto) {
        let comments = Comments::of(file);
        for (n, service) in (0..).zip(&file.service) {
            let path = [FILE_SERVICE, n];
            let methods = (0..).zip(&service.method);
            self.services.push(Service {
                name: service.name().to_owned(),
                comment: comments.at(&path),
                methods: methods
                    .map(|(m, method)| {
                        read_method(method, comments.at(&[path[0], n, SERVICE_METHOD, m]))
                    })
                    .collect(),
            });
        }
        for (n, message) in (0..).zip(&file.message_type) {
            self.read_message(message, "", &[FILE_MESSAGE, n], &comments);
        }
        for (n, declared) in (0..).zip(&file.enum_type) {
            self.read_enum(declared, "", &[FILE_ENUM, n], &comments);
        }
    }

    fn read_message(
        &mut self,
        message: &DescriptorProto,
        outer: &str,
        path: &[i32],
        comments: &Comments,
    ) {
        let is_map_entry = message
            .options
            .as_ref()
            .is_some_and(|options| options.map_entry());
        if is_map_entry {
            return;
        }
        let name = format!("{outer}{}", message.name());
        let fields = (0..).zip(&message.field);
        self.messages.push(Message {
            name: name.clone(),
            comment: comments.at(path),
            fields: fields
                .map(|(n, field)| {
                    read_field(field, message, comments.at(&below(path, MESSAGE_FIELD, n)))
                })
                .collect(),
        });
        let outer = format!("{name}.");
        for (n, nested) in (0..).zip(&message.nested_type) {
            self.read_message(nested, &outer, &below(path, MESSAGE_NESTED, n), comments);
        }
        for (n, nested) in (0..).zip(&message.enum_type) {
            self.read_enum(nested, &outer, &below(path, MESSAGE_ENUM, n), comments);
        }
    }

    fn read_enum(
        &mut self,
        declared: &EnumDescriptorProto,
        outer: &str,
        path: &[i32],
        comments: &Comments,
    ) {
        let values = (0..).zip(&declared.value);
        self.enums.push(Enum {
            name: format!("{outer}{}", declared.name()),
            comment: comments.at(path),
            values: values
                .map(|(n, value)| {
                    (
                        value.name().to_owned(),
                        comments.at(&below(path, ENUM_VALUE, n)),
                    )
                })
                .collect(),
        });
    }
}

fn below(path: &[i32], kind: i32, number: i32) -> Vec<i32> {
    [path, &[kind, number]].concat()
}

fn read_method(method: &MethodDescriptorProto, comment: String) -> Method {
    let options = method.options.as_ref();
    Method {
        name: method.name().to_owned(),
        comment,
        request: Type_ {
            name: short(method.input_type()),
            is_stream: method.client_streaming(),
        },
        response: Type_ {
            name: short(method.output_type()),
            is_stream: method.server_streaming(),
        },
        safety: options.map_or(IdempotencyLevel::IdempotencyUnknown, |o| {
            o.idempotency_level()
        }),
    }
}

fn read_field(field: &FieldDescriptorProto, of: &DescriptorProto, comment: String) -> Field {
    let kind = field.r#type();
    let kind = if matches!(kind, Type::Message | Type::Enum) {
        short(field.type_name())
    } else {
        let scalar = kind.as_str_name().trim_start_matches("TYPE_");
        scalar.to_lowercase()
    };
    let is_optional = field.proto3_optional();
    let group = field
        .oneof_index
        .filter(|_| !is_optional)
        .and_then(|n| usize::try_from(n).ok());
    Field {
        name: field.name().to_owned(),
        comment,
        kind,
        is_repeated: field.label() == Label::Repeated,
        is_optional,
        one_of: group.map(|n| of.oneof_decl[n].name().to_owned()),
    }
}

/// Ours without the package.
fn short(name: &str) -> String {
    let name = name.trim_start_matches('.');
    name.strip_prefix("replydesk.v1.")
        .unwrap_or(name)
        .to_owned()
}

/// Comments by the path of what they stand before.
struct Comments(HashMap<Vec<i32>, String>);

impl Comments {
    fn of(file: &FileDescriptorProto) -> Self {
        let locations = file.source_code_info.iter().flat_map(|info| &info.location);
        let comments = locations.map(|at| (at.path.clone(), at.leading_comments().to_owned()));
        Self(comments.collect())
    }

    /// Its lines without the blank that each begins with.
    fn at(&self, path: &[i32]) -> String {
        let text = self.0.get(path).map_or("", String::as_str);
        let lines = text
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}
