//! A moderator's session at a terminal: keys, news and the clock in, the screen out.

use std::{
    pin::pin,
    time::{Duration, SystemTime},
};

use tokio::{sync::mpsc, task::JoinSet, time::Instant};

use crate::{
    cli::client::Connection,
    cli::{failure::Failure, interrupt},
    proto::v1::work_queue_request::Message as Up,
};

use super::{
    ask::ask,
    screen,
    session::{Ask, Effect, Link, Place, Reply, Session},
    stream::{self, News, Wire},
    terminal::{Pressed, Terminal},
};

/// Who presses no key for so long is not there; others may want the items.
const AWAY: Duration = Duration::from_secs(10 * 60);

/// Runs until the moderator quits.
///
/// # Errors
/// The service refuses the stream for good, or the terminal is gone.
pub async fn run(connection: Connection, place: Place) -> Result<(), Failure> {
    let (terminal, keys) = Terminal::take()?;
    let (replies, answered) = mpsc::channel(16);
    let mut desk = Desk {
        connection,
        session: Session::new(place),
        terminal,
        wire: None,
        last_key: Instant::now(),
        asking: JoinSet::new(),
        replies,
    };
    let end = desk.work(keys, answered).await;
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
    session: Session,
    terminal: Terminal,
    wire: Option<Open>,
    last_key: Instant,
    /// What is asked besides the stream.
    asking: JoinSet<()>,
    replies: mpsc::Sender<Reply>,
}

impl Desk {
    async fn work(
        &mut self,
        mut keys: mpsc::Receiver<Pressed>,
        mut answered: mpsc::Receiver<Reply>,
    ) -> Result<(), Failure> {
        let mut stop = pin!(interrupt::requested());
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        self.open();
        self.start_asking(Ask::Desks);
        loop {
            self.draw()?;
            tokio::select! {
                pressed = keys.recv() => match pressed {
                    Some(Pressed::Quit) | None => {
                        self.last_answers().await;
                        return Ok(());
                    }
                    Some(pressed) => self.press(pressed),
                },
                news = next(&mut self.wire) => self.hear(news)?,
                Some(reply) = answered.recv() => self.session.replied(reply),
                Some(_) = self.asking.join_next() => {}
                _ = clock.tick() => self.rest_if_away(),
                () = &mut stop => return Ok(()),
            }
            self.session.tick(SystemTime::now());
            if self.carry_out().await {
                self.last_answers().await;
                return Ok(());
            }
        }
    }

    fn open(&mut self) {
        let (up, heard) = mpsc::channel(64);
        let (said, news) = mpsc::channel(64);
        let wire = Wire {
            connection: self.connection.clone(),
            start: self.session.place.start(),
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

    fn press(&mut self, pressed: Pressed) {
        self.last_key = Instant::now();
        if self.session.link == Link::Resting {
            self.open();
            return;
        }
        self.fit();
        match pressed {
            Pressed::Key(key) => self.session.press(key),
            Pressed::Pasted(text) => self.session.paste(&text),
            Pressed::Quit | Pressed::Resized => {}
        }
    }

    /// Does what the session wants done; says whether it is over.
    async fn carry_out(&mut self) -> bool {
        while let Some(effect) = self.session.next_effect() {
            match effect {
                Effect::Say(message) => self.send(message).await,
                Effect::Ask(ask) => self.start_asking(ask),
                Effect::Reopen => self.open(),
                Effect::Quit => return true,
            }
        }
        false
    }

    fn start_asking(&mut self, question: Ask) {
        let (connection, replies) = (self.connection.clone(), self.replies.clone());
        self.asking.spawn(ask(connection, question, replies));
    }

    async fn send(&self, message: Up) {
        if let Some(open) = &self.wire {
            // If the stream's task is gone, its last news says why.
            let _ = open.up.send(message).await;
        }
    }

    fn hear(&mut self, news: News) -> Result<(), Failure> {
        match news {
            News::Opened => self.session.opened(),
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
                if self.hear(news).is_err() {
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

    fn fit(&mut self) {
        let (width, height) = self.terminal.size();
        self.session.resize(width, height);
    }

    fn draw(&mut self) -> Result<(), Failure> {
        self.fit();
        Ok(self.terminal.draw(&screen::render(&self.session))?)
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
