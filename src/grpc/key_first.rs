//! Keys and roles are looked at before bodies: who may not call makes the service read nothing.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tonic::{Status, body::Body, codegen::http};
use tower::{Layer, Service};

use crate::{
    access::{Access, table::Method},
    grpc::{gate::Admitted, presented::presented},
};

/// What needs a key: everything of ours. Health and reflection need none.
const OURS: &str = "/replydesk.";

/// Refuses a call of ours without a good key, or with one of another role, by its headers alone.
#[derive(Clone)]
pub struct KeyFirst {
    access: Arc<Access>,
}

impl KeyFirst {
    /// By these keys.
    #[must_use]
    pub fn new(access: Arc<Access>) -> Self {
        Self { access }
    }
}

impl<S> Layer<S> for KeyFirst {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            access: Arc::clone(&self.access),
            inner,
        }
    }
}

/// The services behind the key.
#[derive(Clone)]
pub struct Guarded<S> {
    access: Arc<Access>,
    inner: S,
}

impl<S> Service<http::Request<Body>> for Guarded<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if !request.uri().path().starts_with(OURS) {
            return Box::pin(self.inner.call(request));
        }
        // The one that is ready is called, and its clone stays for the next.
        let next = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, next);
        let access = Arc::clone(&self.access);
        let method = Method::at(request.uri().path());
        let (mut parts, body) = request.into_parts();
        let presented = presented(&parts);
        Box::pin(async move {
            let caller = access.authenticate(&presented).await.and_then(|caller| {
                // What is no method of ours is refused as such, to whoever has a key.
                method.map_or(Ok(()), |method| caller.may_call(method))?;
                Ok(caller)
            });
            match caller {
                Ok(caller) => {
                    parts.extensions.insert(Admitted::now(caller, presented));
                    ready.call(http::Request::from_parts(parts, body)).await
                }
                Err(refused) => Ok(Status::from(refused).into_http()),
            }
        })
    }
}
