//! The ceiling: a bare tonic handler with one pipelined read and one script of the same writes.
//!
//! "The same" is by what a submission is, not by what it says: it is told by its number whether it is a campaign's, and
//! how full its thread is. The text is neither read nor judged.

use std::{net::SocketAddr, pin::Pin};

use redis::{Script, aio::MultiplexedConnection};
use replydesk::{
    comment::{
        ids::{CommentId, IpHash, KeyedHash, SiteId, ThreadId},
        lane::Lane,
        state::CommentState,
        subject::Subject,
    },
    proto::v1::{
        self,
        comment_service_server::{CommentService, CommentServiceServer},
    },
    store::keys,
};
use tokio::net::TcpListener;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, transport::Server};

use crate::readers::Place;

/// Bytes of a record beside the body: head, names, sealed contact, reasons. Measured on the service's.
const BESIDE_THE_BODY: usize = 273;

/// So many comments add words to what is known of a thread; then it knows enough. Reckoned from the bytes that the
/// service appends.
const WORDS_GROW: u64 = 22;

/// Serves on a free port, which it prints.
pub async fn serve(url: &str) {
    let client = redis::Client::open(url).expect("an address");
    let connection = client
        .get_multiplexed_async_connection()
        .await
        .expect("redis answers");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    println!("{address}");
    let ceiling = Ceiling {
        connection,
        script: Script::new(include_str!("ceiling.lua")),
        site: site(),
    };
    let incoming = tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .add_service(CommentServiceServer::new(ceiling))
        .serve_with_incoming(incoming)
        .await
        .expect("the ceiling serves");
}

fn site() -> SiteId {
    "bench".parse().expect("a name")
}

struct Ceiling {
    connection: MultiplexedConnection,
    script: Script,
    site: SiteId,
}

impl Ceiling {
    /// The same reads as the service's.
    async fn read(&self, submitted: &Submitted) -> Result<(), redis::RedisError> {
        let (site, hash) = (&self.site, &submitted.hash);
        let mut pipe = redis::Pipeline::with_capacity(4);
        pipe.cmd("TIME");
        pipe.cmd("HMGET")
            .arg(keys::thread(site, &submitted.thread))
            .arg(&["v", "title", "lang", "k", "r", "mo", "mu"]);
        pipe.cmd("HMGET")
            .arg(keys::author(site, hash))
            .arg(&["1", "2", "3", "4", "5", "6", "f", "v", "st", "su"]);
        let counters = pipe
            .cmd("MGET")
            .arg(keys::author_rate(site, hash))
            .arg(keys::ip_rate(site, hash));
        for key in submitted.sketch(site) {
            counters.arg(key);
        }
        counters.arg(keys::standing(site, &Subject::IpAddress(IpHash::of(hash))));
        let _: redis::Value = pipe.query_async(&mut self.connection.clone()).await?;
        Ok(())
    }

    /// The same writes.
    async fn write(&self, submitted: &Submitted, body: &str) -> Result<(), redis::RedisError> {
        let Submitted {
            id,
            thread,
            hash,
            place,
        } = submitted;
        let site = &self.site;
        let mut call = self.script.prepare_invoke();
        call.key(keys::comment(site, id))
            .key(keys::site(site))
            .key(keys::thread(site, thread))
            .key(keys::counters(site))
            .key(keys::events(site))
            .key(keys::lane(site, Lane::Review))
            .key(keys::index(site, CommentState::Pending, None))
            .key(keys::index(site, CommentState::Pending, Some(thread)))
            .key(keys::author(site, hash))
            .key(keys::duplicate(site, hash))
            .key(keys::data_key(site, [7; 8]))
            .key(keys::author_rate(site, hash))
            .key(keys::ip_rate(site, hash));
        for key in submitted.sketch(site) {
            call.key(key);
        }
        let mut content = vec![0_u8; BESIDE_THE_BODY];
        content.extend(body.as_bytes());
        call.arg(&id.as_bytes()[..])
            .arg(content)
            .arg(14_400_000)
            .arg(id.as_bytes()[15]);
        call.arg(&[0_u8; 30][..]).arg(&[0_u8; 97][..]).arg("bench");
        let grows = place.in_thread() < WORDS_GROW;
        let words: &[u8] = if grows { &[0x55; 256] } else { &[] };
        call.arg(words)
            .arg(u8::from(place.in_thread() == 0))
            .arg(keys::wave_prefix(site));
        let _: i64 = call.invoke_async(&mut self.connection.clone()).await?;
        Ok(())
    }
}

/// What of a submission the ceiling looks at.
struct Submitted {
    id: CommentId,
    thread: ThreadId,
    hash: KeyedHash,
    place: Place,
}

impl Submitted {
    fn of(request: &v1::SubmitCommentRequest) -> Option<Self> {
        let id: CommentId = request.comment_id.parse().ok()?;
        Some(Self {
            id,
            thread: request.thread.as_ref()?.thread_id.parse().ok()?,
            hash: KeyedHash::from_bytes(*id.as_bytes()),
            place: Place::of(request)?,
        })
    }

    /// Six parts: a campaign's, or nobody else's.
    fn sketch(&self, site: &SiteId) -> impl Iterator<Item = Vec<u8>> {
        let own = || u64::from_le_bytes(self.id.as_bytes()[8..].try_into().expect("8 bytes"));
        let part = self.place.campaign().unwrap_or_else(own);
        (0..6u8).map(move |which| keys::sketch_part(site, which, part))
    }
}

fn not_measured<T>() -> Result<T, Status> {
    Err(Status::unimplemented("only submissions are measured"))
}

#[tonic::async_trait]
impl CommentService for Ceiling {
    async fn submit_comment(
        &self,
        request: Request<v1::SubmitCommentRequest>,
    ) -> Result<Response<v1::SubmitCommentResponse>, Status> {
        let request = request.into_inner();
        let submitted =
            Submitted::of(&request).ok_or_else(|| Status::internal("a made-up submission"))?;
        let failed = |error: redis::RedisError| Status::internal(error.to_string());
        self.read(&submitted).await.map_err(failed)?;
        self.write(&submitted, &request.body)
            .await
            .map_err(failed)?;
        Ok(Response::new(v1::SubmitCommentResponse {
            version: 1,
            ..Default::default()
        }))
    }

    async fn get_comment(
        &self,
        _: Request<v1::GetCommentRequest>,
    ) -> Result<Response<v1::GetCommentResponse>, Status> {
        not_measured()
    }

    async fn list_comments(
        &self,
        _: Request<v1::ListCommentsRequest>,
    ) -> Result<Response<v1::ListCommentsResponse>, Status> {
        not_measured()
    }

    type WatchEventsStream =
        Pin<Box<dyn Stream<Item = Result<v1::WatchEventsResponse, Status>> + Send>>;

    async fn watch_events(
        &self,
        _: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        not_measured()
    }

    async fn list_events(
        &self,
        _: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        not_measured()
    }

    async fn count_comments(
        &self,
        _: Request<v1::CountCommentsRequest>,
    ) -> Result<Response<v1::CountCommentsResponse>, Status> {
        not_measured()
    }

    async fn get_transparency_report(
        &self,
        _: Request<v1::GetTransparencyReportRequest>,
    ) -> Result<Response<v1::GetTransparencyReportResponse>, Status> {
        not_measured()
    }

    async fn report_comment(
        &self,
        _: Request<v1::ReportCommentRequest>,
    ) -> Result<Response<v1::ReportCommentResponse>, Status> {
        not_measured()
    }

    async fn retract_comment(
        &self,
        _: Request<v1::RetractCommentRequest>,
    ) -> Result<Response<v1::RetractCommentResponse>, Status> {
        not_measured()
    }

    async fn revise_comment(
        &self,
        _: Request<v1::ReviseCommentRequest>,
    ) -> Result<Response<v1::ReviseCommentResponse>, Status> {
        not_measured()
    }

    async fn appeal_comment(
        &self,
        _: Request<v1::AppealCommentRequest>,
    ) -> Result<Response<v1::AppealCommentResponse>, Status> {
        not_measured()
    }
}
