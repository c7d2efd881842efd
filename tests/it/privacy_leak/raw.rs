//! Calls of bytes that no client of ours would send.

use std::{net::SocketAddr, time::Duration};

use prost::bytes::{Buf, BufMut};
use tokio::time::timeout;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::{
        Bytes,
        http::{HeaderName, HeaderValue, uri::PathAndQuery},
    },
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};

/// A stream that goes on is left after this.
const ENOUGH: Duration = Duration::from_millis(30);
/// A call that is not answered within this is stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// Messages as they are.
struct AsIs;

impl Codec for AsIs {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsIs {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for AsIs {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}

/// Somebody who sends what they like.
#[derive(Clone)]
pub struct Caller {
    channel: Channel,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Caller {
    pub fn with_key(address: SocketAddr, key: &str) -> Self {
        Self::of(Endpoint::from_shared(format!("http://{address}")).unwrap())
            .with("authorization", format!("Bearer {key}").as_bytes())
    }

    /// Without a key.
    pub fn of(endpoint: Endpoint) -> Self {
        Self {
            channel: endpoint.connect_lazy(),
            headers: Vec::new(),
        }
    }

    /// The same with this header; the last of a name counts.
    pub fn with(&self, name: &str, value: &[u8]) -> Self {
        let mut changed = self.clone();
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = HeaderValue::from_bytes(value).unwrap();
        changed.headers.push((name, value));
        changed
    }

    /// The messages that come back at first, or why none does.
    pub async fn call(&self, path: &str, messages: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Status> {
        let mut grpc = Grpc::new(self.channel.clone());
        let ready = grpc.ready().await;
        ready.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut request = Request::new(tokio_stream::iter(messages));
        let mut headers = request.metadata().clone().into_headers();
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        *request.metadata_mut() = MetadataMap::from_headers(headers);
        let path = PathAndQuery::from_maybe_shared(Bytes::from(path.to_owned())).unwrap();
        let answer = grpc.streaming(request, path.clone(), AsIs);
        let answer = timeout(PATIENCE, answer).await.expect("an answer")?;
        let (mut stream, mut heard) = (answer.into_inner(), Vec::new());
        // Streams end when the caller has no more to say, but for the feed, which has no end.
        let patience = if path.as_str().ends_with("/WatchEvents") {
            ENOUGH
        } else {
            PATIENCE
        };
        while let Ok(message) = timeout(patience, stream.message()).await {
            match message? {
                Some(message) => heard.push(message),
                None => break,
            }
        }
        Ok(heard)
    }
}
