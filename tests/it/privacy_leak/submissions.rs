//! Canaries where contact data belongs: in submissions, good ones and such as end in an error.

use std::collections::BTreeSet;

use replydesk::{comment::ids::CommentId, proto::v1};
use tonic::{Code, Status};

use super::{
    canaries::{Aviary, Reader},
    scene::Scene,
};
use crate::harness::{comments::nth, crowd::submit_at_once};

pub const SUBMISSIONS: usize = 1_085;

/// A reader and what they handed in.
pub struct Submitted {
    pub reader: Reader,
    pub request: v1::SubmitCommentRequest,
}

/// The n-th submission: most are right, others end in one of the errors that there are.
fn submission(n: usize, reader: &Reader) -> v1::SubmitCommentRequest {
    let mut request = nth("gazette", n);
    let author = request.author.as_mut().unwrap();
    let transport = request.transport.as_mut().unwrap();
    author.email.clone_from(&reader.email);
    transport.ip_address.clone_from(&reader.ip);
    transport.user_agent.clone_from(&reader.user_agent);
    match n % 16 {
        0 => author.email = reader.email.replace('@', " at "),
        1 => author.email = reader.email.replace('@', "@@"),
        2 => author.email.push('\0'),
        3 => author.email = format!("{}@{}", "x".repeat(10_240), reader.email),
        4 => transport.ip_address.push_str("/99"),
        5 => transport.user_agent.push('\u{7}'),
        6 => transport.user_agent = reader.user_agent.repeat(60),
        7 => request.body.clear(),
        8 => request.site = "tight".to_owned(),
        9 => request.site = "nowhere".to_owned(),
        10 => request.thread.as_mut().unwrap().thread_id = "closed".to_owned(),
        11 => request.validate_only = true,
        12 => author.email.insert(0, 'ö'),
        13 if !reader.ip.contains(':') => transport.ip_address = format!("::ffff:{}", reader.ip),
        _ => {}
    }
    request
}

fn is_stored(n: usize) -> bool {
    n % 16 > 11
}

/// Hands in all of them, and again what a blog would; every kind of answer must have come. Those that are stored.
pub async fn submit_all(scene: &Scene) -> Vec<Submitted> {
    let submitted = |n| {
        let reader = scene.aviary.reader("SubmitComment's contact fields");
        let request = submission(n, &reader);
        Submitted { reader, request }
    };
    let all: Vec<_> = (0..SUBMISSIONS).map(submitted).collect();
    let requests: Vec<_> = all.iter().map(|sent| sent.request.clone()).collect();
    let shares: Vec<Vec<_>> = requests.chunks(140).map(<[_]>::to_vec).collect();
    let clients = shares.iter().map(|_| scene.admin()).collect();
    let mut answers = submit_at_once(clients, shares).await;
    let stored = all.into_iter().enumerate().filter(|(n, _)| is_stored(*n));
    let stored: Vec<_> = stored.map(|(_, sent)| sent).collect();
    answers.extend(submit_again(scene, &stored).await);
    let codes: BTreeSet<_> = answers.iter().map(code).collect();
    for code in [
        Code::Ok,
        Code::InvalidArgument,
        Code::ResourceExhausted,
        Code::NotFound,
        Code::FailedPrecondition,
        Code::AlreadyExists,
    ] {
        let came = codes.contains(&i32::from(code));
        assert!(came, "nothing ended in {code:?}");
    }
    for answer in &answers {
        scene.heard.hear(answer);
    }
    // Nor does one who prints a request see any.
    for request in requests {
        scene.printed.note(format!("{request:?}").as_bytes());
    }
    stored
}

fn code<T>(answer: &Result<T, Status>) -> i32 {
    answer.as_ref().err().map_or(Code::Ok, Status::code).into()
}

/// Retries, the same words twice, and other words under a name that is taken.
async fn submit_again(
    scene: &Scene,
    stored: &[Submitted],
) -> Vec<Result<v1::SubmitCommentResponse, Status>> {
    let (blog, mut answers) = (scene.admin(), Vec::new());
    for (n, sent) in stored.iter().enumerate() {
        let request = &sent.request;
        if n % 3 == 0 {
            answers.push(blog.submit(request.clone()).await);
        }
        if n % 5 == 0 {
            let mut duplicate = request.clone();
            duplicate.comment_id = CommentId::fresh().to_string();
            answers.push(blog.submit(duplicate).await);
            let mut reused = request.clone();
            reused.body.push('!');
            answers.push(blog.submit(reused).await);
        }
    }
    answers
}

/// One more comment that is stored, by a fresh reader; its name.
pub async fn submit_one(scene: &Scene, n: usize, place: &str) -> (Reader, String) {
    let (reader, request) = one_more(&scene.aviary, n, place);
    let id = request.comment_id.clone();
    let answer = scene.admin().submit(request).await;
    scene.heard.hear(&answer);
    answer.unwrap();
    (reader, id)
}

/// One more submission by a fresh reader.
pub fn one_more(aviary: &Aviary, n: usize, place: &str) -> (Reader, v1::SubmitCommentRequest) {
    let reader = aviary.reader(place);
    (reader.clone(), submission(16 * n + 14, &reader))
}
