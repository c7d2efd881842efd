//! A moderator's session at a terminal: keys, news and the clock in, the screen out.

use std::{
    pin::pin,
    time::{Duration, SystemTime},
};

use tokio::{sync::mpsc, task::JoinSet, time::Instant};

use crate::{
    cli::client::{Connection, explain::explain, once, timely},
    cli::{failure::Failure, interrupt},
    proto::v1::{
        GetReviewContextRequest,
        work_queue_request::{Message as Up, Start},
    },
};

use super::{
    screen,
    session::{Key, Link, Session, Surroundings},
    stream::{self, News, Wire},
    terminal::{Pressed, Terminal},
};

/// Who presses no key for so long is not there; others may want the items.
const AWAY: Duration = Duration::from_secs(10 * 60);

/// Runs until the moderator quits.
///
/// # Errors
/// The service refuses the stream for good, or the terminal is gone.
pub async fn run(connection: Connection, start: Start) -> Result<(), Failure> {
    let session = Session::new(start.sites.first().cloned().unwrap_or_default());
    let (terminal, keys) = Terminal::take()?;
    let mut desk = Desk {
        connection,
        start,
        session,
        terminal,
        wire: None,
        last_key: Instant::now(),
        asked: JoinSet::new(),
    };
    let end = desk.work(keys).await;
    let decided = desk.session.decided.clone();
    let unanswered = desk.session.unanswered();
    drop(desk);
    let counts: Vec<String> = decided
        .iter()
        .map(|(state, count)| format!("{count} {}", state.to_lowercase()))
        .collect();
    let counts = if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    };
    eprintln!("replydesk: decided: {counts}; what you held is back in the queue");
    if unanswered > 0 {
        eprintln!(
            "replydesk: {unanswered} decisions had no answer yet; those not carried out are in the queue again"
        );
    }
    end
}

/// The stream's two ends and its task.
struct Open {
    up: mpsc::Sender<Up>,
    news: mpsc::Receiver<News>,
    _task: JoinSet<()>,
}

struct Desk {
    connection: Connection,
    start: Start,
    session: Session,
    terminal: Terminal,
    wire: Option<Open>,
    last_key: Instant,
    /// What was asked for besides the stream.
    asked: JoinSet<(String, Surroundings)>,
}

impl Desk {
    async fn work(&mut self, mut keys: mpsc::Receiver<Pressed>) -> Result<(), Failure> {
        let mut stop = pin!(interrupt::requested());
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        self.open();
        loop {
            self.draw()?;
            tokio::select! {
                pressed = keys.recv() => match pressed {
                    Some(Pressed::Quit) | None => {
                        self.last_answers().await;
                        return Ok(());
                    }
                    Some(pressed) => self.press(pressed).await,
                },
                news = next(&mut self.wire) => self.hear(news).await?,
                Some(Ok((comment_id, found))) = self.asked.join_next() => {
                    self.session.surrounded(&comment_id, found);
                }
                _ = clock.tick() => self.rest_if_away(),
                () = &mut stop => return Ok(()),
            }
        }
    }

    fn open(&mut self) {
        let (up, heard) = mpsc::channel(64);
        let (said, news) = mpsc::channel(64);
        let wire = Wire {
            connection: self.connection.clone(),
            start: self.start.clone(),
            up: heard,
            news: said,
        };
        let mut task = JoinSet::new();
        task.spawn(stream::keep_open(wire));
        self.session.link = Link::Down("connecting".to_owned());
        self.wire = Some(Open {
            up,
            news,
            _task: task,
        });
    }

    async fn press(&mut self, pressed: Pressed) {
        self.last_key = Instant::now();
        if self.session.link == Link::Resting {
            self.open();
            return;
        }
        let (width, height) = self.terminal.size();
        let page = isize::try_from(height / 3).unwrap_or(1);
        let key = match pressed {
            Pressed::Key(key) => key,
            Pressed::Page(pages) => Key::Scroll(pages * page),
            Pressed::Quit | Pressed::Resized => return,
        };
        if matches!(key, Key::Verdict(_) | Key::Skip) && !screen::fits(width, height) {
            return;
        }
        let message = self.session.press(key);
        let furthest = screen::furthest_scroll(&self.session, width, height);
        self.session.scroll = self.session.scroll.min(furthest);
        if key == Key::Context {
            self.ask_for_surroundings();
        }
        if let Some(message) = message {
            self.send(message).await;
        }
    }

    /// Who presses the key again and again asks once.
    fn ask_for_surroundings(&mut self) {
        let is_asked = matches!(self.session.surroundings, Some(Surroundings::Asked));
        let Some(comment_id) = self.session.shown().map(str::to_owned) else {
            return;
        };
        if !is_asked {
            return;
        }
        self.asked.abort_all();
        let request = GetReviewContextRequest {
            site: self.session.site.clone(),
            comment_id: comment_id.clone(),
        };
        let mut moderation = self.connection.moderation();
        self.asked.spawn(async move {
            let answer = once(moderation.get_review_context(timely(request))).await;
            let found = match answer.map(|answer| answer.context) {
                Ok(Some(context)) => Surroundings::Known(Box::new(context)),
                Ok(None) => Surroundings::Unknown("the service answered without it".to_owned()),
                Err(status) => Surroundings::Unknown(explain(&status).to_string()),
            };
            (comment_id, found)
        });
    }

    async fn send(&self, message: Up) {
        if let Some(open) = &self.wire {
            // If the stream's task is gone, its last news says why.
            let _ = open.up.send(message).await;
        }
    }

    async fn hear(&mut self, news: News) -> Result<(), Failure> {
        match news {
            News::Opened => {
                for message in self.session.opened() {
                    self.send(message).await;
                }
            }
            News::Said(message) => self.session.hear(*message),
            News::Lost(why) => self.session.lost(Link::Down(why)),
            News::Failed(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Decisions made a moment ago should not be left in doubt.
    async fn last_answers(&mut self) {
        let answers = async {
            while self.session.link == Link::Up && self.session.unanswered() > 0 {
                let news = next(&mut self.wire).await;
                if self.hear(news).await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(2), answers).await;
    }

    fn rest_if_away(&mut self) {
        if self.session.link == Link::Up && self.last_key.elapsed() > AWAY {
            self.wire = None;
            self.session.lost(Link::Resting);
        }
    }

    fn draw(&self) -> Result<(), Failure> {
        let (width, height) = self.terminal.size();
        let lines = screen::render(&self.session, width, height, SystemTime::now());
        Ok(self.terminal.draw(&lines)?)
    }
}

async fn next(wire: &mut Option<Open>) -> News {
    let news = match wire {
        Some(open) => open.news.recv().await,
        None => None,
    };
    match news {
        Some(news) => news,
        // The stream's task has ended, after it said why.
        None => std::future::pending().await,
    }
}
