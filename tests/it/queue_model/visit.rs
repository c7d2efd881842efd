//! A moderator at a stream, from sitting down to getting up or to the stop of the replica.

use replydesk::{
    comment::state::Verdict,
    proto::v1::{
        self,
        work_queue_request::{Message as Up, Ping},
        work_queue_response::answer::Result as Answer,
    },
};
use tonic::Code;

use super::{
    model::Model,
    names::number,
    real::{Real, SITE},
    words::{Act, Reply, Visit},
};
use crate::harness::streams::Work;

impl Real {
    pub async fn visit(&mut self, replica: usize, visit: &Visit, model: &Model) -> Reply {
        let Reply::Visited(expected) = &model.reply else {
            panic!("no visit")
        };
        let client = &self.clients[replica][usize::from(visit.moderator)];
        let prefetch = i32::try_from(visit.prefetch).unwrap();
        let mut work = client.work(SITE, prefetch).await.unwrap();
        work.say(Up::Ping(Ping {})).await;
        let mut came = Vec::new();
        for done in 0..=visit.acts.len() {
            while came.len() < expected.len().min(done + visit.prefetch) {
                came.push(work.item().await);
            }
            let (Some(act), Some(item)) = (visit.acts.get(done), came.get(done)) else {
                break;
            };
            self::act(&mut work, *act, item).await;
        }
        let came = came
            .iter()
            .map(|item| number(&item.comment.as_ref().unwrap().comment_id.parse().unwrap()));
        let came = came.collect();
        if visit.stop {
            self.replace(replica, work).await;
        } else {
            let unasked = work.leave().await.unwrap();
            assert_eq!(unasked, [], "came without a free hand");
        }
        Reply::Visited(came)
    }

    /// The replica stops in order, which ends the stream and gives its leases back; another takes its place.
    async fn replace(&mut self, replica: usize, mut work: Work) {
        self.desk.replicas[replica].tell_to_stop();
        let end = work.next().await.unwrap_err();
        assert_eq!(end.code(), Code::Unavailable, "{end:?}");
        drop(work);
        self.clients[replica].clear();
        self.desk.replicas[replica].stop().await;
        let new = self.desk.add_replica().await;
        self.desk.replicas.swap_remove(replica);
        assert_eq!(new, self.desk.replicas.len());
        // `swap_remove` has put the new one where the old one was.
        self.clients[replica] = self.clients_of(replica);
        self.blog_at(replica);
    }
}

async fn act(work: &mut Work, act: Act, item: &v1::ReviewItem) {
    match act {
        Act::Decide(verdict) => {
            let verdict = match verdict {
                Verdict::Approve => v1::Verdict::Approve,
                Verdict::Reject => v1::Verdict::Reject,
                Verdict::Spam => v1::Verdict::Spam,
            };
            work.decide(item, verdict).await;
            assert!(matches!(work.answer().await, Answer::Decision(d) if !d.replayed));
        }
        Act::Skip => {
            work.skip(item).await;
            assert!(matches!(work.answer().await, Answer::Skipped(_)));
        }
    }
}
