//! One verdict on a whole wave: previewed, confirmed, and followed to its end.

use crate::{
    cli::{style::Tone, words},
    proto::v1::{
        BulkCounts, BulkDecideRequest, Verdict,
        bulk_decide_request::Selector,
        bulk_decide_response::{Preview, Progress, Result as Done},
    },
};

use super::{Ask, Deed, Effect, Fate, Link, Session};

/// How comments that were decided in bulk are counted.
const IN_BULK: &str = "IN BULK";

/// A bulk decision of this session; one at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Bulk {
    /// Whose wave.
    pub site: String,
    /// Which.
    pub wave_id: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// The site's own code for a rejection; may be empty.
    pub reason_code: String,
    /// For other moderators; may be empty.
    pub note: String,
    /// How far it is.
    pub stage: Stage,
}

/// How far a bulk decision is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The preview was asked for.
    Asked,
    /// What would be done; a yes is missing.
    Preview(Preview),
    /// It is being carried out.
    Running(BulkCounts, u64),
    /// It is done.
    Done(Done),
    /// It went wrong, and why; what was decided until then stays.
    Failed(String),
}

/// What comes of a bulk decision.
#[derive(Debug, Clone)]
pub enum BulkNews {
    /// What would be done.
    Preview(Preview),
    /// So far.
    Progress(Progress),
    /// It is done.
    Done(Done),
    /// It went wrong, and why.
    Failed(String),
}

impl Session {
    /// The bulk decision on the wave that is shown.
    #[must_use]
    pub fn bulk_of_wave(&self) -> Option<&Bulk> {
        let wave_id = self.wave_id()?;
        self.bulk.as_ref().filter(|bulk| bulk.wave_id == wave_id)
    }

    /// Whether one is on its way.
    #[must_use]
    pub fn is_bulk_running(&self) -> bool {
        let stage = self.bulk.as_ref().map(|bulk| &bulk.stage);
        matches!(stage, Some(Stage::Running(_, _)))
    }

    pub(super) fn preview_bulk(&mut self, verdict: Verdict, reason_code: &str, note: &str) {
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected");
            return;
        }
        if self.is_bulk_running() {
            self.note(
                Tone::Notice,
                "one bulk decision at a time; the last still runs",
            );
            return;
        }
        let comment = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        let Some(comment) = comment else {
            return;
        };
        let bulk = Bulk {
            site: comment.site.clone(),
            wave_id: comment.wave_id.clone(),
            verdict,
            reason_code: reason_code.to_owned(),
            note: note.to_owned(),
            stage: Stage::Asked,
        };
        self.page_scroll = 0;
        self.outbox.push_back(Effect::Ask(bulk.ask(true)));
        self.bulk = Some(bulk);
    }

    pub(super) fn confirm_bulk(&mut self) {
        if self.link != Link::Up {
            self.note(Tone::Bad, "not connected; nothing was decided");
            return;
        }
        if let Some(bulk) = &mut self.bulk
            && let Stage::Preview(preview) = &bulk.stage
        {
            let total = preview.counts.map_or(0, |counts| counts.decided);
            bulk.stage = Stage::Running(BulkCounts::default(), total.into());
            let ask = bulk.ask(false);
            self.outbox.push_back(Effect::Ask(ask));
        }
    }

    /// Puts a preview away; says whether there was one. What runs goes on.
    pub(super) fn drop_preview(&mut self) -> bool {
        let stage = self.bulk_of_wave().map(|bulk| &bulk.stage);
        let is_preview = matches!(
            stage,
            Some(Stage::Asked | Stage::Preview(_) | Stage::Failed(_))
        );
        if is_preview {
            self.bulk = None;
        }
        is_preview
    }

    pub(super) fn bulk_news(&mut self, news: BulkNews) {
        let Some(bulk) = &mut self.bulk else {
            return;
        };
        match (news, &bulk.stage) {
            (BulkNews::Preview(preview), Stage::Asked) => bulk.stage = Stage::Preview(preview),
            // Of one that was put away meanwhile.
            (BulkNews::Preview(_), _) => {}
            (BulkNews::Progress(progress), _) => {
                let counts = progress.counts.unwrap_or_default();
                bulk.stage = Stage::Running(counts, progress.total);
            }
            (BulkNews::Failed(why), _) => {
                bulk.stage = Stage::Failed(why.clone());
                self.note(Tone::Bad, format!("bulk decision: {why}"));
            }
            (BulkNews::Done(done), _) => self.bulk_done(done),
        }
    }

    fn bulk_done(&mut self, done: Done) {
        let Some(bulk) = &mut self.bulk else {
            return;
        };
        let decided = done.counts.map_or(0, |counts| counts.decided);
        let verdict = bulk.verdict;
        let word = words::verdict(verdict.into()).to_lowercase();
        self.last_deed += 1;
        let deed = Deed {
            id: self.last_deed,
            at: self.now,
            site: bulk.site.clone(),
            comment_id: String::new(),
            operation_id: done.operation_id.clone(),
            verdict,
            version: 0,
            about: format!("{decided} of wave {}", bulk.wave_id),
            counted_as: IN_BULK,
            fate: Fate::Stands,
        };
        bulk.stage = Stage::Done(done);
        *self.decided.entry(IN_BULK).or_default() += decided;
        self.add_deed(deed);
        self.note(
            Tone::Good,
            format!("bulk decision: {decided} decided, {word}; u lists it"),
        );
        self.look_anew();
    }
}

impl Bulk {
    fn ask(&self, validate_only: bool) -> Ask {
        Ask::Bulk(BulkDecideRequest {
            site: self.site.clone(),
            selector: Some(Selector::WaveId(self.wave_id.clone())),
            verdict: self.verdict.into(),
            reason_code: self.reason_code.clone(),
            note: self.note.clone(),
            validate_only,
            ..BulkDecideRequest::default()
        })
    }
}
