//! `WorkQueue`: what comes up, from proto to the domain.

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lane::Lane,
        lanes::{Lanes, Within},
        lease::LeaseToken,
        state::Version,
        violation::Violations,
    },
    grpc::convert::{
        moderation::{RulingFields, ruling},
        paging, words,
    },
    proto::v1::{
        self,
        work_queue_request::{Message, Start as ProtoStart, start},
    },
    queue::{
        dialogue::{Ask, CoolDown, Move, Seen, SiteNumber},
        ruling::Note,
    },
};

/// The most sites that one stream works.
const MOST_SITES: usize = 20;
/// The most comments that are watched at once.
const MOST_SEEN: usize = 200;

/// How a session starts.
#[derive(Debug)]
pub struct Start {
    /// Whose queues, each once, at least one.
    pub sites: Vec<SiteId>,
    /// How many items to hold at once.
    pub prefetch: usize,
    /// From where.
    pub lanes: Lanes,
    /// Of a wave or a thread alone; then there is one site.
    pub within: Option<Within>,
}

/// The first message of a stream.
///
/// # Errors
/// Every violation at once.
pub fn start(first: Option<v1::WorkQueueRequest>) -> Result<Start, Violations> {
    let Some(Message::Start(start)) = first.and_then(|request| request.message) else {
        return Err(Violations::one(
            "start",
            "must be the first message of the stream",
        ));
    };
    let mut found = Violations::new();
    let sites = sites(&start.sites, &mut found);
    let prefetch = found.take("start.prefetch", paging::size(start.prefetch, 5, 100));
    let lanes = found.take("start.lanes", lanes(&start.lanes));
    let within = within(start, &mut found);
    match (prefetch, lanes) {
        (Some(prefetch), Some(lanes)) if found.is_empty() => Ok(Start {
            sites,
            prefetch,
            lanes,
            within,
        }),
        _ => Err(found),
    }
}

fn sites(names: &[String], found: &mut Violations) -> Vec<SiteId> {
    if names.is_empty() || names.len() > MOST_SITES {
        found.add("start.sites", "must name 1 to 20 sites");
        return Vec::new();
    }
    let mut sites = Vec::with_capacity(names.len());
    for name in names {
        let Some(site) = found.take("start.sites", name.parse::<SiteId>()) else {
            continue;
        };
        if sites.contains(&site) {
            found.add("start.sites", "must name each site once");
        } else {
            sites.push(site);
        }
    }
    sites
}

fn lanes(numbers: &[i32]) -> Result<Lanes, &'static str> {
    let wrong = "must be of REVIEW, REPORTED, ESCALATED and APPEALS, each once";
    let mut lanes = Vec::new();
    for number in numbers {
        let lane = u8::try_from(*number).ok().and_then(Lane::from_number);
        match lane {
            Some(lane) if !lanes.contains(&lane) => lanes.push(lane),
            Some(_) | None => return Err(wrong),
        }
    }
    Ok(Lanes::of(lanes).unwrap_or(Lanes::USUAL))
}

fn within(start: ProtoStart, found: &mut Violations) -> Option<Within> {
    let (field, within) = match start.within? {
        start::Within::WaveId(wave) => (
            "start.wave_id",
            found.take("start.wave_id", wave.parse()).map(Within::Wave),
        ),
        start::Within::ThreadId(thread) => (
            "start.thread_id",
            found
                .take("start.thread_id", thread.parse())
                .map(Within::Thread),
        ),
    };
    if start.sites.len() > 1 {
        found.add(field, "is of one site: must come with exactly one in sites");
    }
    within
}

/// Any later message, for the sites that the stream was started with.
#[must_use]
pub fn said(request: v1::WorkQueueRequest, sites: &[SiteId]) -> Move {
    let (request, asked) = match request.message {
        Some(Message::Ping(_)) => return Move::Ping,
        Some(Message::Decide(decide)) => (decide.request_id, decided(&decide, sites)),
        Some(Message::Skip(skip)) => (skip.request_id, skipped(&skip, sites)),
        Some(Message::Note(note)) => (note.request_id, noted(&note, sites)),
        Some(Message::Pause(pause)) => (pause.request_id, Ok(Ask::Pause)),
        Some(Message::Resume(resume)) => (resume.request_id, Ok(Ask::Resume)),
        Some(Message::Watch(watch)) => (watch.request_id, watched(&watch, sites)),
        Some(Message::Start(_)) => (
            0,
            Err(Violations::one("start", "must come once, and first")),
        ),
        None => (
            0,
            Err(Violations::one(
                "message",
                "must be one that this version knows",
            )),
        ),
    };
    Move::Ask(request, asked.unwrap_or_else(Ask::Invalid))
}

fn site_of(name: &str, sites: &[SiteId]) -> Result<SiteNumber, &'static str> {
    if name.is_empty() && sites.len() == 1 {
        return Ok(0);
    }
    let place = sites.iter().position(|site| site.as_str() == name);
    place.ok_or("must be one of the sites that the stream was started with")
}

fn decided(decide: &v1::work_queue_request::Decide, sites: &[SiteId]) -> Result<Ask, Violations> {
    let mut found = Violations::new();
    let site = found.take("decide.site", site_of(&decide.site, sites));
    let fields = RulingFields {
        comment: ("decide.comment_id", &decide.comment_id),
        version: ("decide.version", decide.version),
        verdict: ("decide.verdict", decide.verdict),
        reason_code: ("decide.reason_code", &decide.reason_code),
        note: ("decide.note", &decide.note),
        lease: ("decide.lease_token", &decide.lease_token, true),
        override_lease: false,
    };
    let ruling = ruling(&fields, &mut found);
    match (
        site,
        ruling.as_ref().and_then(|ruling| ruling.lease),
        ruling,
    ) {
        (Some(site), Some(token), Some(ruling)) => Ok(Ask::Decide(site, ruling, token)),
        _ => Err(found),
    }
}

fn skipped(skip: &v1::work_queue_request::Skip, sites: &[SiteId]) -> Result<Ask, Violations> {
    let mut found = Violations::new();
    let site = found.take("skip.site", site_of(&skip.site, sites));
    let comment = found.take("skip.comment_id", skip.comment_id.parse::<CommentId>());
    let token = found.take("skip.lease_token", skip.lease_token.parse::<LeaseToken>());
    let cool_down = skip.cool_down.map(|length| {
        let length = words::duration_from(&length).and_then(CoolDown::new);
        found.take("skip.cool_down", length.ok_or("must be 1 second to 1 hour"))
    });
    match (site, comment, token, cool_down) {
        (Some(site), Some(comment), Some(token), None | Some(Some(_))) => Ok(Ask::Skip {
            site,
            comment,
            token,
            cool_down: cool_down.flatten(),
        }),
        _ => Err(found),
    }
}

fn noted(note: &v1::work_queue_request::Note, sites: &[SiteId]) -> Result<Ask, Violations> {
    let mut found = Violations::new();
    let site = found.take("note.site", site_of(&note.site, sites));
    let comment = found.take("note.comment_id", note.comment_id.parse::<CommentId>());
    let text = match note.note.as_str() {
        "" => Err("must not be empty"),
        text => text.parse::<Note>(),
    };
    let text = found.take("note.note", text);
    match (site, comment, text) {
        (Some(site), Some(comment), Some(text)) => Ok(Ask::Note(site, comment, text)),
        _ => Err(found),
    }
}

fn watched(watch: &v1::work_queue_request::Watch, sites: &[SiteId]) -> Result<Ask, Violations> {
    if watch.comments.len() > MOST_SEEN {
        return Err(Violations::one(
            "watch.comments",
            "must be at most 200 comments",
        ));
    }
    let mut found = Violations::new();
    let mut all = Vec::with_capacity(watch.comments.len());
    for seen in &watch.comments {
        let site = found.take("watch.comments.site", site_of(&seen.site, sites));
        let comment = seen.comment_id.parse::<CommentId>();
        let comment = found.take("watch.comments.comment_id", comment);
        let version = Version::new(seen.version);
        let version = version.ok_or("must be the version that is shown, at least 1");
        let version = found.take("watch.comments.version", version);
        if let (Some(site), Some(comment), Some(version)) = (site, comment, version) {
            all.push(Seen {
                site,
                comment,
                version,
            });
        }
        // Two hundred times the same says no more.
        if !found.is_empty() {
            return Err(found);
        }
    }
    Ok(Ask::Watch(all))
}
