//! The people of a soak: blogs that submit and retry, and moderators at the queue.

use std::{collections::BTreeMap, future::Future, time::Duration};

use replydesk::proto::v1::{
    self,
    work_queue_response::{Message as Down, answer::Result as Answer},
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use super::{
    SITE,
    dice::Dice,
    ledger::{Acknowledged, Ledger, Refused},
};
use crate::harness::{clients::Client, comments::nth, streams::Work};

/// A call that takes longer was lost.
pub const CALL: Duration = Duration::from_secs(5);
/// Whoever gets no answer for so long gives up, and the soak fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everybody, each at a replica.
pub struct People {
    pub blogs: Vec<Client>,
    pub moderators: Vec<Client>,
    pub follower: Client,
    pub ledger: Ledger,
}

impl People {
    /// Blogs and moderators at work until `stop`; then each finishes what it has begun.
    pub fn set_to_work(
        &self,
        dice: &mut Dice,
        blogs: bool,
        stop: &CancellationToken,
    ) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for blog in self.blogs.iter().filter(|_| blogs) {
            tasks.spawn(submit(
                blog.clone(),
                self.ledger.clone(),
                dice.split(),
                stop.clone(),
            ));
        }
        for (n, moderator) in self.moderators.iter().enumerate() {
            tasks.spawn(moderate(
                Moderator {
                    label: moderator_label(n),
                    client: moderator.clone(),
                },
                self.ledger.clone(),
                dice.split(),
                stop.clone(),
            ));
        }
        tasks
    }
}

/// Says something until it is answered; a refusal that a retry can't mend is the answer.
async fn until_answered<T, F: Future<Output = Result<T, Status>>>(
    ledger: &Ledger,
    say: impl Fn() -> F,
) -> Result<T, Status> {
    let attempts = async {
        loop {
            let lost = || Status::deadline_exceeded("no answer");
            let status = match timeout(CALL, say()).await.unwrap_or_else(|_| Err(lost())) {
                Ok(answer) => return Ok(answer),
                Err(status) => status,
            };
            if is_final(status.code()) {
                return Err(status);
            }
            ledger.repeated(&status);
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, attempts)
        .await
        .expect("an answer within a minute")
}

pub fn is_final(code: Code) -> bool {
    match code {
        Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Unauthenticated
        | Code::DataLoss => true,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::ResourceExhausted
        | Code::Internal
        | Code::Unavailable => false,
    }
}

async fn submit(blog: Client, ledger: Ledger, mut dice: Dice, stop: CancellationToken) {
    let mut mine: Vec<v1::SubmitCommentRequest> = Vec::new();
    while !stop.is_cancelled() {
        let again = dice.chance(10) && !mine.is_empty();
        let request = if again {
            mine[usize::try_from(dice.number(mine.len() as u64)).unwrap()].clone()
        } else {
            // By another reader, about something else.
            nth(SITE, ledger.next_number())
        };
        let id = request.comment_id.clone();
        ledger.open().sent.insert(id.clone());
        let receipt = until_answered(&ledger, || blog.submit(request.clone())).await;
        let receipt = receipt.unwrap_or_else(|status| panic!("not taken: {status:?}"));
        assert!(
            receipt.replayed || !again,
            "a known comment was stored again: {id}"
        );
        {
            let mut book = ledger.open();
            book.acknowledged.insert(id);
            book.replays += u64::from(receipt.replayed);
        }
        mine.push(request);
        sleep(dice.millis(0, 8)).await;
    }
}

/// Of the n-th moderator's key: events name it.
pub fn moderator_label(n: usize) -> String {
    format!("moderator-{n}")
}

struct Moderator {
    label: String,
    client: Client,
}

async fn moderate(moderator: Moderator, ledger: Ledger, mut dice: Dice, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let mut unanswered = BTreeMap::new();
        match timeout(CALL, moderator.client.work(SITE, 5)).await {
            Ok(Ok(mut work)) => {
                let end = sit(&mut work, &mut unanswered, &ledger, &mut dice, &stop).await;
                match end {
                    Err(status) => ledger.stream_ended(&status),
                    // The service may be away by now: then the leases run out.
                    Ok(()) => drop(timeout(CALL, work.leave()).await),
                }
            }
            Ok(Err(status)) => ledger.repeated(&status),
            Err(_) => ledger.repeated(&Status::deadline_exceeded("no stream")),
        }
        // What was said and not answered is said again, until it is known.
        for (_, request) in unanswered {
            settle(&moderator, &ledger, request).await;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

type Unanswered = BTreeMap<u64, v1::DecideCommentRequest>;

async fn sit(
    work: &mut Work,
    unanswered: &mut Unanswered,
    ledger: &Ledger,
    dice: &mut Dice,
    stop: &CancellationToken,
) -> Result<(), Status> {
    while !(stop.is_cancelled() && unanswered.is_empty()) {
        let next = tokio::select! {
            next = timeout(CALL, work.next()) => next,
            () = stop.cancelled(), if unanswered.is_empty() => return Ok(()),
        };
        match next.map_err(|_| Status::deadline_exceeded("a silent stream"))?? {
            Some(Down::Item(item)) => {
                sleep(dice.millis(0, 3)).await;
                say(work, unanswered, dice, &item).await?;
            }
            Some(Down::Answer(answer)) => heard(unanswered, ledger, answer)?,
            Some(_) => {}
            None => return Err(Status::ok("the stream ended")),
        }
    }
    Ok(())
}

async fn say(
    work: &mut Work,
    unanswered: &mut Unanswered,
    dice: &mut Dice,
    item: &v1::ReviewItem,
) -> Result<(), Status> {
    if dice.chance(5) {
        return work.try_skip(item).await.map(drop);
    }
    let verdict = [v1::Verdict::Approve, v1::Verdict::Reject, v1::Verdict::Spam];
    let verdict = verdict[usize::try_from(dice.number(3)).unwrap()];
    let comment = item.comment.as_ref().unwrap();
    let request = v1::DecideCommentRequest {
        site: SITE.to_owned(),
        comment_id: comment.comment_id.clone(),
        version: comment.version,
        verdict: verdict.into(),
        lease_token: item.lease_token.clone(),
        ..Default::default()
    };
    unanswered.insert(work.next_request(), request);
    work.try_decide(item, verdict).await.map(drop)
}

/// An answer that leaves open whether the verdict is carried out ends the stream: it is settled then.
fn heard(
    unanswered: &mut Unanswered,
    ledger: &Ledger,
    answer: v1::work_queue_response::Answer,
) -> Result<(), Status> {
    match answer.result {
        Some(Answer::Decision(decision)) => {
            unanswered.remove(&answer.request_id);
            acknowledge(ledger, &decision);
            Ok(())
        }
        Some(Answer::Problem(problem)) => {
            Err(Status::new(Code::from(problem.code), problem.message))
        }
        // Only verdicts and skips are said.
        Some(
            Answer::Skipped(_)
            | Answer::Noted(_)
            | Answer::Paused(_)
            | Answer::Resumed(_)
            | Answer::Watched(_),
        )
        | None => Ok(()),
    }
}

async fn settle(moderator: &Moderator, ledger: &Ledger, request: v1::DecideCommentRequest) {
    match until_answered(ledger, || moderator.client.decide(request.clone())).await {
        Ok(decision) => acknowledge(ledger, &decision),
        // Another has decided.
        Err(status) if status.code() == Code::Aborted => ledger.open().refused.push(Refused {
            moderator: moderator.label.clone(),
            request,
        }),
        // Another holds it now.
        Err(status) => assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}"),
    }
}

fn acknowledge(ledger: &Ledger, decision: &v1::Decision) {
    ledger.open().decisions.push(Acknowledged {
        comment: decision.comment_id.clone(),
        version: decision.version,
        state: decision.state(),
    });
}
