//! The gRPC client of our own commands: one connection that carries the access key and keeps deadlines.

pub mod explain;
pub mod protection;
pub mod reach;
pub mod reconnect;
pub mod resend;

use std::{future::Future, time::Duration};

use tonic::{
    Request, Response, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::{
    cli::failure::Failure,
    proto::v1::{
        comment_service_client::CommentServiceClient,
        moderation_service_client::ModerationServiceClient,
        privacy_service_client::PrivacyServiceClient, site_service_client::SiteServiceClient,
    },
};
use protection::Protection;
use reach::Target;

/// How long a call that answers once may take.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// How long connecting may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// A page of 200 comments of the greatest size fits.
const LARGEST_REPLY: usize = 16 * 1024 * 1024;

/// A channel that sends the access key with every call.
pub type Keyed = InterceptedService<Channel, Bearer>;

/// Adds `authorization: Bearer …`.
#[derive(Debug, Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// A connection to a running service. Cheap to clone; the clones share two HTTP/2 connections, which come back by
/// themselves after a loss: one for calls and one for streams. The server says good-bye to a connection of some age; one
/// with an open stream lives on, and the client library would send the next call on it in vain.
#[derive(Debug, Clone)]
pub struct Connection {
    channel: Channel,
    streams: Channel,
    bearer: Bearer,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// The address is no address, or nothing answers there; each says what to do.
    pub async fn open(target: &Target) -> Result<Self, Failure> {
        let address = target.address();
        let endpoint = endpoint(address, target.protection())?;
        let channel = endpoint.connect().await.map_err(|error| {
            Failure::new(format!(
                "nothing answers at {address} ({}): is `replydesk serve` running there? \
                 Another address: --address or REPLYDESK_ADDRESS{}",
                root_cause(&error),
                if address.starts_with("https://") {
                    ". Over TLS, does --ca name who signed its certificate?"
                } else {
                    ""
                }
            ))
        })?;
        Ok(Self {
            channel,
            streams: endpoint.connect_lazy(),
            bearer: Bearer(target.bearer().cloned()),
        })
    }

    /// For blog back ends.
    #[must_use]
    pub fn comments(&self) -> CommentServiceClient<Keyed> {
        CommentServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_REPLY)
    }

    /// For moderators.
    #[must_use]
    pub fn moderation(&self) -> ModerationServiceClient<Keyed> {
        ModerationServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_REPLY)
    }

    /// For streams of blog back ends.
    #[must_use]
    pub fn comment_streams(&self) -> CommentServiceClient<Keyed> {
        CommentServiceClient::with_interceptor(self.streams.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_REPLY)
    }

    /// For streams of moderators.
    #[must_use]
    pub fn moderation_streams(&self) -> ModerationServiceClient<Keyed> {
        ModerationServiceClient::with_interceptor(self.streams.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_REPLY)
    }

    /// For privacy officers.
    #[must_use]
    pub fn privacy(&self) -> PrivacyServiceClient<Keyed> {
        PrivacyServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_REPLY)
    }

    /// For admins.
    #[must_use]
    pub fn sites(&self) -> SiteServiceClient<Keyed> {
        SiteServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
            .max_decoding_message_size(LARGEST_REPLY)
    }
}

fn endpoint(address: &str, protection: &Protection) -> Result<Endpoint, Failure> {
    let is_known = ["https://", "http://", "unix:///"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    if !is_known {
        return Err(Failure::usage(format!(
            "{address}: an address looks like https://desk.example:50051, http://127.0.0.1:50051 or unix:///run/replydesk.sock"
        )));
    }
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| {
        Failure::usage(format!(
            "{address}: not an address; it looks like http://127.0.0.1:50051"
        ))
    })?;
    let endpoint = if address.starts_with("https://") {
        let config = protection.config(address)?;
        endpoint.tls_config(config).map_err(|error| {
            let cause = root_cause(&error);
            Failure::usage(format!(
                "the certificates for {address} cannot be used: {cause}"
            ))
        })?
    } else if protection.shows_certificate() {
        return Err(Failure::usage(format!(
            "{address}: a certificate is shown over https:// only"
        )));
    } else {
        endpoint
    };
    Ok(endpoint
        .connect_timeout(CONNECT_DEADLINE)
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true))
}

/// A request that tells the server our deadline.
#[must_use]
pub fn timely<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

/// Waits for a call that answers once, at most [`DEADLINE`].
///
/// # Errors
/// The status of the call; `DEADLINE_EXCEEDED` if none came in time.
pub async fn once<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Status> {
    match tokio::time::timeout(DEADLINE, call).await {
        Ok(answer) => answer.map(Response::into_inner),
        Err(_) => Err(Status::deadline_exceeded(format!(
            "no answer within {} s",
            DEADLINE.as_secs()
        ))),
    }
}

/// The innermost cause: "Connection refused" says more than "transport error".
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_says_how_one_looks() {
        let none = Protection::default();
        for (address, says) in [
            ("127.0.0.1:50051", "http://127.0.0.1:50051 or"),
            ("https://desk.example", "--ca or REPLYDESK_CA"),
            ("http://", "not an address"),
            ("unix:", "looks like"),
        ] {
            let failure = endpoint(address, &none).expect_err(address).to_string();
            assert!(failure.contains(says), "{address}: {failure}");
        }
        assert!(endpoint("http://127.0.0.1:50051", &none).is_ok());
        assert!(endpoint("unix:///run/replydesk.sock", &none).is_ok());
    }

    #[test]
    fn the_key_shows_in_no_debug_output() {
        let mut value: MetadataValue<Ascii> = "Bearer rd_0_canary".parse().expect("ascii");
        value.set_sensitive(true);
        assert!(!format!("{:?}", Bearer(Some(value))).contains("canary"));
    }
}
