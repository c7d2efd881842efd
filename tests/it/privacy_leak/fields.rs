//! Every text field of every request, found in the compiled protos, and requests with a text planted in one of them.

use std::collections::BTreeMap;

use prost::Message;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet,
    field_descriptor_proto::{Label, Type},
};
use replydesk::proto::v1::DESCRIPTORS;

/// Calls and messages by their names.
pub struct Protos {
    messages: BTreeMap<String, DescriptorProto>,
    pub rpcs: Vec<Rpc>,
}

/// A call, and what it takes.
pub struct Rpc {
    /// `/package.Service/Method`.
    pub path: String,
    request: String,
}

/// The way to a field, from the request down: names.
pub type Way = Vec<String>;

/// What else stands in a request.
#[derive(Clone, Copy)]
pub enum Rest {
    /// Only the site: the least that leads past the door.
    Bare,
    /// What is right, as far as a name tells.
    Filled(fn(&str) -> Option<&'static str>),
}

impl Protos {
    pub fn ours() -> Self {
        let set = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
        let (mut messages, mut rpcs) = (BTreeMap::new(), Vec::new());
        for file in set.file {
            let package = file.package().to_owned();
            for service in &file.service {
                let name = format!("{package}.{}", service.name());
                rpcs.extend(service.method.iter().map(|method| Rpc {
                    path: format!("/{name}/{}", method.name()),
                    request: method.input_type().trim_start_matches('.').to_owned(),
                }));
            }
            for message in file.message_type {
                gather(&package, message, &mut messages);
            }
        }
        rpcs.retain(|rpc| rpc.path.starts_with("/replydesk."));
        Self { messages, rpcs }
    }

    /// The ways to all text fields of a request.
    pub fn ways(&self, rpc: &Rpc) -> Vec<Way> {
        self.ways_in(&rpc.request)
    }

    fn ways_in(&self, message: &str) -> Vec<Way> {
        let mut ways = Vec::new();
        for field in &self.messages[message].field {
            let name = field.name().to_owned();
            let kind = field.r#type();
            if matches!(kind, Type::String | Type::Bytes) {
                ways.push(vec![name]);
            } else if kind == Type::Message {
                let further = self.ways_in(below(field)).into_iter();
                ways.extend(further.map(|way| [vec![name.clone()], way].concat()));
            }
        }
        ways
    }

    /// A request with this text in the field at the end of the way.
    pub fn planted(&self, rpc: &Rpc, way: &[String], text: &str, rest: Rest) -> Vec<u8> {
        self.message(&rpc.request, Some((way, text)), rest)
    }

    /// What a stream of such requests begins with.
    pub fn opening(&self, rpc: &Rpc, rest: Rest) -> Option<Vec<u8>> {
        let fields = &self.messages[&rpc.request].field;
        let start = fields.iter().find(|field| field.name() == "start")?;
        let inner = self.message(below(start), None, rest);
        let mut request = Vec::new();
        delimited(start, &inner, &mut request);
        Some(request)
    }

    fn message(&self, name: &str, planted: Option<(&[String], &str)>, rest: Rest) -> Vec<u8> {
        let message = &self.messages[name];
        let here =
            |field: &&FieldDescriptorProto| planted.is_some_and(|(way, _)| way[0] == field.name());
        let mut taken: Vec<i32> = message
            .field
            .iter()
            .filter(here)
            .filter_map(one_of)
            .collect();
        let mut bytes = Vec::new();
        for field in &message.field {
            if let Some((way, text)) = planted.filter(|_| here(&field)) {
                match way {
                    [_] => delimited(field, text.as_bytes(), &mut bytes),
                    [_, below_here @ ..] => {
                        let inner = self.message(below(field), Some((below_here, text)), rest);
                        delimited(field, &inner, &mut bytes);
                    }
                    [] => {}
                }
                continue;
            }
            // Of alternatives, the first, unless the planted one is among them.
            if one_of(field).is_some_and(|group| taken.contains(&group)) {
                continue;
            }
            taken.extend(one_of(field));
            self.fill(field, rest, &mut bytes);
        }
        bytes
    }

    /// What is right in a field, as far as its name tells.
    fn fill(&self, field: &FieldDescriptorProto, rest: Rest, bytes: &mut Vec<u8>) {
        let is_list = field.label() == Label::Repeated;
        match (field.r#type(), rest) {
            (Type::String, Rest::Bare) if field.name() == "site" => {
                delimited(field, b"gazette", bytes);
            }
            (Type::String, Rest::Filled(right)) => {
                if let Some(text) = right(field.name()) {
                    delimited(field, text.as_bytes(), bytes);
                }
            }
            (Type::Message, Rest::Filled(_)) if !is_list => {
                let inner = self.message(below(field), None, rest);
                delimited(field, &inner, bytes);
            }
            (Type::Enum | Type::Uint32 | Type::Int32, Rest::Filled(_)) if !is_list => {
                varint(u64::from(number(field)) << 3, bytes);
                varint(1, bytes);
            }
            _ => {}
        }
    }
}

fn gather(within: &str, message: DescriptorProto, into: &mut BTreeMap<String, DescriptorProto>) {
    let name = format!("{within}.{}", message.name());
    for nested in &message.nested_type {
        gather(&name, nested.clone(), into);
    }
    into.insert(name, message);
}

fn below(field: &FieldDescriptorProto) -> &str {
    field.type_name().trim_start_matches('.')
}

fn number(field: &FieldDescriptorProto) -> u32 {
    field.number().try_into().unwrap()
}

fn one_of(field: &FieldDescriptorProto) -> Option<i32> {
    field.oneof_index
}

fn delimited(field: &FieldDescriptorProto, inner: &[u8], bytes: &mut Vec<u8>) {
    varint(u64::from(number(field)) << 3 | 2, bytes);
    varint(inner.len() as u64, bytes);
    bytes.extend(inner);
}

fn varint(mut value: u64, bytes: &mut Vec<u8>) {
    while value > 0x7F {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}
