//! Whose queues are worked, and which part of them.

use std::collections::BTreeSet;

use crate::{
    cli::style::Tone,
    proto::v1::{
        Lane,
        work_queue_request::{Start, start::Within},
    },
};

use super::{Effect, Link, Mode, Session};

/// What a stream is opened for.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The sites.
    pub sites: Vec<String>,
    /// The lanes; none means review and reported.
    pub lanes: Vec<Lane>,
    /// A wave or an article alone.
    pub within: Option<Within>,
    /// How many items to hold at once.
    pub prefetch: i32,
}

impl Place {
    /// Whether items come from this lane.
    #[must_use]
    pub fn works(&self, lane: Lane) -> bool {
        if self.lanes.is_empty() {
            matches!(lane, Lane::Review | Lane::Reported)
        } else {
            self.lanes.contains(&lane)
        }
    }

    /// The message that opens the stream.
    #[must_use]
    pub fn start(&self) -> Start {
        Start {
            sites: self.sites.clone(),
            prefetch: self.prefetch,
            lanes: self.lanes.iter().map(|lane| (*lane).into()).collect(),
            within: self.within.clone(),
        }
    }
}

/// A site that the moderator's key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Its name in calls.
    pub site: String,
    /// Its name for people.
    pub display_name: String,
    /// Codes that it rejects for, and what readers are told for each.
    pub reasons: Vec<(String, String)>,
    /// The lanes that the key may work.
    pub lanes: Vec<Lane>,
}

/// A row of the choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A site.
    Site(String),
    /// A lane of each of them.
    Lane(Lane),
}

/// What is marked so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// All rows: sites if there are several, then lanes.
    pub rows: Vec<Row>,
    /// The row under the cursor.
    pub row: usize,
    /// The marked rows, by number.
    pub marked: BTreeSet<usize>,
}

/// What the service takes in one stream.
const MOST_SITES: usize = 20;

impl Session {
    pub(super) fn open_places(&mut self) {
        let mut sites = self.place.sites.clone();
        let others = self.desks.iter().map(|desk| &desk.site);
        let others: Vec<String> = others
            .filter(|site| !self.place.sites.contains(site))
            .cloned()
            .collect();
        sites.extend(others);
        let mut rows: Vec<Row> = Vec::new();
        if sites.len() > 1 {
            rows.extend(sites.into_iter().map(Row::Site));
        }
        rows.extend(self.open_lanes().into_iter().map(Row::Lane));
        let place = &self.place;
        let is_marked = |row: &Row| match row {
            Row::Site(site) => place.sites.contains(site),
            Row::Lane(lane) => place.works(*lane),
        };
        let marked = (0_usize..).zip(&rows).filter(|(_, row)| is_marked(row));
        let marked = marked.map(|(number, _)| number).collect();
        self.mode = Mode::Places(Places {
            rows,
            row: 0,
            marked,
        });
    }

    /// The lanes that the key may work, as far as that is known.
    fn open_lanes(&self) -> Vec<Lane> {
        let all = [Lane::Review, Lane::Reported, Lane::Escalated, Lane::Appeals];
        let is_open = |lane: &Lane| {
            self.desks.is_empty() || self.desks.iter().any(|desk| desk.lanes.contains(lane))
        };
        all.into_iter().filter(is_open).collect()
    }

    pub(super) fn work_marked(&mut self) {
        let Mode::Places(places) = &self.mode else {
            return;
        };
        let marked = |number: &usize| places.rows.get(*number);
        let mut place = self.place.clone();
        place.within = None;
        place.lanes.clear();
        let offers_sites = places.rows.iter().any(|row| matches!(row, Row::Site(_)));
        if offers_sites {
            place.sites.clear();
        }
        for row in places.marked.iter().filter_map(marked) {
            match row {
                Row::Site(site) => place.sites.push(site.clone()),
                Row::Lane(lane) => place.lanes.push(*lane),
            }
        }
        if place.lanes.is_empty() || place.sites.is_empty() {
            self.note(Tone::Notice, "mark at least one lane and one site");
        } else if place.sites.len() > MOST_SITES {
            self.note(Tone::Notice, "at most 20 sites at once");
        } else {
            self.work(place);
        }
    }

    /// Only items of the wave or the article that is shown.
    pub(super) fn work_within(&mut self, within: Option<Within>) {
        let comment = self
            .current
            .as_ref()
            .and_then(|it| it.item.comment.as_ref());
        if let (Some(comment), Some(within)) = (comment, within) {
            let place = Place {
                sites: vec![comment.site.clone()],
                within: Some(within),
                ..self.place.clone()
            };
            self.work(place);
        }
    }

    /// Everything that is held goes back; the moderator asked for others.
    fn work(&mut self, place: Place) {
        self.place = place;
        self.mode = Mode::Item;
        self.is_paused = false;
        self.queues.clear();
        self.lost(Link::Down("changing lanes".to_owned()));
        self.go_on();
        self.outbox.push_back(Effect::Reopen);
    }
}
