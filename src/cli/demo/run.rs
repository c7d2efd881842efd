//! The demo's course: set up, let everybody work, wait until nothing is left, count.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    cli::client::Connection,
    cli::{
        failure::Failure,
        output,
        style::{Paint, Tone},
    },
    comment::ids::CommentId,
};

use super::{
    blog, feed,
    input::{self, Entry},
    made_up::{self, Prepared},
    moderator::{Moderator, Verdicts},
    progress, report,
    setup::{self, Keys, Parties},
    shared::Shared,
    wait,
};

/// What is to be done.
pub struct Plan {
    /// The comments.
    pub entries: Vec<Entry>,
    /// They are our own, not a file's.
    pub own_examples: bool,
    /// The service was started for this.
    pub own_service: bool,
    /// Only the figures, as JSON.
    pub json: bool,
}

impl Plan {
    /// Says what will happen.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn introduce(
        &self,
        address: &str,
        directory: Option<&Path>,
        took: Duration,
    ) -> Result<(), Failure> {
        self.title("Service")?;
        match directory {
            Some(directory) => self.say(format!(
                "ready in {} ms at {address}, with a Redis of its own in {}",
                took.as_millis(),
                directory.display()
            )),
            None => self.say(format!("the one that runs at {address}")),
        }
    }

    /// Does it, and says what came of it.
    ///
    /// # Errors
    /// Something failed, or the totals don't add up.
    pub async fn run(&self, admin: &Connection, address: &str, keys: &Keys) -> Result<(), Failure> {
        let site = self.site();
        let parties = setup::set_up(
            admin,
            address,
            &site,
            setup::policy(self.own_examples),
            keys,
        )
        .await?;
        self.say(format!(
            "site {site}; keys for a blog and {} moderators",
            parties.moderators.len()
        ))?;
        self.say(format!(
            "policy: {}",
            setup::policy_in_words(self.own_examples)
        ))?;
        self.title("Comments")?;
        self.say_how()?;
        let shared = Shared::new(self.entries.len());
        let began = Instant::now();
        self.work(&site, &parties, &shared).await?;
        let took = began.elapsed();
        let again = feed::cursors(&parties.blog, &site).await?;
        let breaches = shared.with(|tally| {
            if tally.cursors != again {
                tally.is_wrong(
                    "the feed, read again by polling, is not what the stream showed".to_owned(),
                );
            }
            tally.breaches()
        });
        self.report(&shared, took, &breaches)?;
        if breaches.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the demo does not add up:\n  {}",
            breaches.join("\n  ")
        )))
    }

    async fn work(&self, site: &str, parties: &Parties, shared: &Shared) -> Result<(), Failure> {
        let rounds = self.prepare(site);
        let verdicts = verdicts(&rounds);
        let nothing_left = CancellationToken::new();
        // Dropped with this function, whatever ends it: nobody works on.
        let mut watchers = JoinSet::new();
        watchers.spawn(feed::follow(
            parties.blog.clone(),
            site.to_owned(),
            shared.clone(),
        ));
        if !self.json {
            watchers.spawn(progress::show(shared.clone()));
        }
        let mut moderators = JoinSet::new();
        for connection in &parties.moderators {
            let moderator = Moderator {
                connection: connection.clone(),
                site: site.to_owned(),
                verdicts: Arc::clone(&verdicts),
                shared: shared.clone(),
                unanswered: BTreeMap::new(),
            };
            moderators.spawn(moderator.work(nothing_left.clone()));
        }
        blog::submit_all(&parties.blog, rounds, shared).await;
        let watcher = parties.moderators.first().unwrap_or(&parties.blog);
        wait::until_decided(watcher, site, shared).await?;
        nothing_left.cancel();
        while moderators.join_next().await.is_some() {}
        wait::until_told(shared).await;
        let stats = wait::queue(watcher, site).await?;
        shared.with(|tally| tally.queue = stats);
        watchers.shutdown().await;
        progress::finish();
        Ok(())
    }

    fn prepare(&self, site: &str) -> Vec<Vec<Prepared>> {
        let now = SystemTime::now();
        let rounds = input::rounds(self.entries.clone()).into_iter();
        let prepare = |entry| made_up::prepare(site, entry, now);
        rounds
            .map(|round| round.into_iter().map(prepare).collect())
            .collect()
    }

    /// In a service of our own the name is free; in another one it must not be an earlier demo's.
    fn site(&self) -> String {
        if self.own_service {
            return "demo-daily".to_owned();
        }
        let fresh = CommentId::fresh().to_string();
        let tail: String = fresh.chars().rev().take(8).collect();
        format!("demo-{tail}")
    }

    fn say_how(&self) -> Result<(), Failure> {
        let origin = if self.own_examples {
            "our own examples"
        } else {
            "from your file"
        };
        self.say(format!(
            "{} comments, {origin}; {} on their way at once",
            self.entries.len(),
            blog::IN_FLIGHT
        ))?;
        self.say("contact fields that the data lacks are made up: example domains, documentation addresses")?;
        self.say("moderators say what the data says: spam is spam, ham is approved, a few rude ones are rejected;")?;
        self.say("where the data says nothing, the score does")
    }

    fn report(&self, shared: &Shared, took: Duration, breaches: &[String]) -> Result<(), Failure> {
        if self.json {
            return output::json(&shared.with(|tally| report::json(tally, took, breaches)));
        }
        let paint = Paint::for_stdout();
        let now = SystemTime::now();
        self.title("Outcomes and their reasons")?;
        output::say(shared.with(|tally| report::outcomes(tally)))?;
        self.section(
            "Refused, nothing stored",
            &shared.with(|tally| report::refusals(tally)),
        )?;
        self.section(
            "By the data's own labels",
            &shared.with(|tally| report::labels(tally)),
        )?;
        let items = shared.with(|tally| tally.items.clone());
        let items: Vec<String> = items
            .iter()
            .map(|item| report::item(item, paint, now))
            .collect();
        self.section(
            "Some items, as a moderator sees them (`replydesk review`)",
            &items.join("\n\n"),
        )?;
        self.section(
            "The event feed",
            &shared.with(|tally| report::feed(tally, paint)),
        )?;
        self.title("Totals")?;
        output::say(shared.with(|tally| report::totals(tally, took)))?;
        let verdict = if breaches.is_empty() {
            paint.paint(Tone::Good, "it adds up")
        } else {
            paint.paint(Tone::Bad, "it does not add up")
        };
        self.say(verdict)?;
        self.section("What to try next", &report::next_steps(paint))
    }

    fn section(&self, title: &str, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        self.title(title)?;
        output::say(text)
    }

    fn title(&self, title: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        output::say(format!(
            "\n{}",
            Paint::for_stdout().paint(Tone::Strong, title)
        ))
    }

    fn say(&self, text: impl AsRef<str>) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        output::say(format!("  {}", text.as_ref()))
    }
}

fn verdicts(rounds: &[Vec<Prepared>]) -> Verdicts {
    let all = rounds.iter().flatten();
    let told =
        all.filter_map(|prepared| Some((prepared.request.comment_id.clone(), prepared.verdict?)));
    Arc::new(told.collect::<HashMap<_, _>>())
}
