//! Calls: how many ended how, how long they took, which streams are open.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::Code;

use super::{
    catalogue::{RPC_DURATION, RPC_REQUESTS, RPC_STREAMS},
    exposition::Page,
    instruments::{Counter, Histogram, Level},
};
use crate::proto::v1::DESCRIPTORS;

/// What is promised to who submits. A shorter deadline that passes says nothing of the service.
const PROMISED: Duration = Duration::from_millis(100);

/// Names of the codes, in the order of their numbers.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// Services that are not ours: path, service, method, whether it is a stream.
const OTHERS: [(&str, &str, &str, bool); 5] = [
    (
        "/grpc.health.v1.Health/Check",
        "grpc.health.v1.Health",
        "Check",
        false,
    ),
    (
        "/grpc.health.v1.Health/Watch",
        "grpc.health.v1.Health",
        "Watch",
        true,
    ),
    (
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1.ServerReflection",
        "ServerReflectionInfo",
        true,
    ),
    (
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1alpha.ServerReflection",
        "ServerReflectionInfo",
        true,
    ),
    // Every other path.
    ("", "other", "other", false),
];

/// Whose fault a call's end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nobody,
    Server,
    Client,
}

const FAULTS: [&str; 3] = ["none", "server", "client"];

/// All calls, method by method.
pub struct Rpc {
    /// Ours in the order of the protos, then [`OTHERS`], of which the last is every other.
    methods: Vec<OfMethod>,
    /// By path.
    places: HashMap<String, Route>,
}

struct OfMethod {
    service: String,
    method: String,
    streams: bool,
    codes: [Counter; CODES.len()],
    faults: [Histogram; FAULTS.len()],
    open: Level,
}

impl OfMethod {
    fn new(service: String, method: String, streams: bool) -> Self {
        Self {
            service,
            method,
            streams,
            codes: Default::default(),
            faults: [(); FAULTS.len()].map(|()| Histogram::new(RPC_DURATION.buckets)),
            open: Level::default(),
        }
    }

    /// A series that begins with its first event hides that event from a rate: not those that promises rest on.
    fn is_promised(&self) -> bool {
        self.method == "SubmitComment"
    }
}

impl Default for Rpc {
    fn default() -> Self {
        let others = OTHERS.iter().map(|(path, service, method, streams)| {
            let of = OfMethod::new((*service).to_owned(), (*method).to_owned(), *streams);
            ((*path).to_owned(), of)
        });
        let all: Vec<(String, OfMethod)> = ours().into_iter().chain(others).collect();
        let places = all.iter().enumerate();
        Self {
            places: places
                .map(|(n, (path, _))| (path.clone(), Route(n)))
                .collect(),
            methods: all.into_iter().map(|(_, of)| of).collect(),
        }
    }
}

/// Our methods, and the paths that lead to them.
fn ours() -> Vec<(String, OfMethod)> {
    // The build made them; if they could not be read, reflection would say so.
    let files = FileDescriptorSet::decode(DESCRIPTORS)
        .unwrap_or_default()
        .file;
    let ours = files.iter().filter(|file| file.package() == "replydesk.v1");
    let services = ours.flat_map(|file| &file.service);
    let methods = services.flat_map(|service| service.method.iter().map(move |m| (service, m)));
    methods
        .map(|(service, m)| {
            let service = format!("replydesk.v1.{}", service.name());
            let path = format!("/{service}/{}", m.name());
            let streams = m.client_streaming() || m.server_streaming();
            (path, OfMethod::new(service, m.name().to_owned(), streams))
        })
        .collect()
}

/// Where a path's calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route(usize);

/// A call that is under way; it has ended when this is dropped.
pub struct Call {
    rpc: Arc<Rpc>,
    route: Route,
    began: Instant,
    /// What the caller waits at most.
    deadline: Option<Duration>,
    ended: Option<Code>,
}

impl Call {
    /// A call begins. `deadline`: what the caller waits at most.
    #[must_use]
    pub fn begin(rpc: Arc<Rpc>, route: Route, deadline: Option<Duration>) -> Self {
        if let Some(of) = rpc.methods.get(route.0).filter(|of| of.streams) {
            of.open.rise();
        }
        Self {
            rpc,
            route,
            began: Instant::now(),
            deadline,
            ended: None,
        }
    }

    /// With this code.
    pub fn end(&mut self, code: Code) {
        self.ended.get_or_insert(code);
    }

    /// Nobody said how it ended: it was dropped, for the caller's deadline or since the caller left.
    fn code(&self, took: Duration) -> Code {
        let late = self.deadline.is_some_and(|deadline| took >= deadline);
        self.ended.unwrap_or(if late {
            Code::DeadlineExceeded
        } else {
            Code::Cancelled
        })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Some(of) = self.rpc.methods.get(self.route.0) else {
            return;
        };
        let took = self.began.elapsed();
        let code = self.code(took);
        if let Some(counter) = of.codes.get(code as usize) {
            counter.one();
        }
        if of.streams {
            return of.open.fall();
        }
        let impatient = self.deadline.is_some_and(|deadline| deadline < PROMISED);
        let fault = if code == Code::DeadlineExceeded && impatient {
            Fault::Client
        } else {
            fault(code)
        };
        if let Some(histogram) = of.faults.get(fault as usize) {
            histogram.time(took);
        }
    }
}

fn fault(code: Code) -> Fault {
    match code {
        Code::Ok => Fault::Nobody,
        Code::Unknown
        | Code::DeadlineExceeded
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => Fault::Server,
        Code::Cancelled
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Unauthenticated => Fault::Client,
    }
}

impl Rpc {
    /// Where calls of any path are counted, however strange it is.
    #[must_use]
    pub fn route(&self, path: &str) -> Route {
        let known = self.places.get(path).copied();
        known.unwrap_or(Route(self.methods.len() - 1))
    }

    pub(super) fn write(&self, page: &mut Page) {
        let mut samples = page.family(&RPC_REQUESTS);
        for of in &self.methods {
            for (code, counter) in CODES.iter().zip(&of.codes) {
                if counter.get() > 0 || *code == "OK" {
                    samples.count(&[&of.service, &of.method, code], counter.get());
                }
            }
        }
        let mut samples = page.family(&RPC_DURATION);
        for of in self.methods.iter().filter(|of| !of.streams) {
            for (fault, histogram) in FAULTS.iter().zip(&of.faults) {
                if of.is_promised() || !histogram.is_empty() {
                    samples.histogram(&[&of.service, &of.method, fault], histogram);
                }
            }
        }
        let mut samples = page.family(&RPC_STREAMS);
        for of in self.methods.iter().filter(|of| of.streams) {
            samples.count(&[&of.service, &of.method], of.open.get());
        }
    }
}

#[cfg(test)]
mod tests;
