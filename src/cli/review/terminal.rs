//! The terminal: raw keys, the alternate screen, and both put back as they were, whatever happens.

use std::{
    io::{self, Write},
    sync::Once,
    thread,
    time::Duration,
};

use crossterm::{
    cursor, event,
    event::{
        DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind,
        KeyModifiers,
    },
    execute, queue,
    style::Print,
    terminal::{
        self, BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap,
        EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    },
};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::cli::style::Paint;

use super::{input::Key, line::Line};

/// How soon the keys' thread notices that it should end.
const POLL: Duration = Duration::from_millis(100);

/// What comes from the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// Something for the session.
    Key(Key),
    /// Text that was pasted, which is no keys.
    Pasted(String),
    /// End.
    Quit,
    /// The window changed.
    Resized,
}

/// The terminal in review's hands; dropping it gives it back.
pub struct Terminal {
    paint: Paint,
    _keys: DropGuard,
}

impl Terminal {
    /// Takes the terminal, and starts to listen for keys.
    ///
    /// # Errors
    /// The terminal does not let itself be taken.
    pub fn take() -> io::Result<(Self, mpsc::Receiver<Pressed>)> {
        restore_before_panic_messages();
        terminal::enable_raw_mode()?;
        let stop = CancellationToken::new();
        let (sender, keys) = mpsc::channel(64);
        let taken = Self {
            paint: Paint::for_stdout(),
            _keys: stop.clone().drop_guard(),
        };
        execute!(
            io::stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            DisableLineWrap,
            cursor::Hide
        )?;
        thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || listen(&sender, &stop))?;
        Ok((taken, keys))
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let (width, height) = terminal::size().unwrap_or((80, 24));
        (width.into(), height.into())
    }

    /// Shows these lines, in one go.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&self, lines: &[Line]) -> io::Result<()> {
        write_lines(&mut io::stdout().lock(), lines, self.paint)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

fn write_lines(out: &mut impl Write, lines: &[Line], paint: Paint) -> io::Result<()> {
    queue!(out, BeginSynchronizedUpdate)?;
    for (row, line) in (0_u16..).zip(lines) {
        // Cleared before, not after: behind a full line the cursor still stands on its last character.
        queue!(
            out,
            cursor::MoveTo(0, row),
            Clear(ClearType::UntilNewLine),
            Print(line.painted(paint))
        )?;
    }
    queue!(out, EndSynchronizedUpdate)?;
    out.flush()
}

/// As well as it can be done; there is nobody left to tell.
fn restore() {
    let _ = execute!(
        io::stdout(),
        EnableLineWrap,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
}

/// A panic's message would vanish with the alternate screen.
fn restore_before_panic_messages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            print(panic);
        }));
    });
}

fn listen(sender: &mpsc::Sender<Pressed>, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let pressed = match event::poll(POLL) {
            Ok(false) => continue,
            Ok(true) => event::read().map(|event| meaning(&event)),
            Err(error) => Err(error),
        };
        // A keyboard that cannot be read any more ends the session.
        let pressed = pressed.unwrap_or(Some(Pressed::Quit));
        if let Some(pressed) = pressed
            && sender.blocking_send(pressed).is_err()
        {
            return;
        }
    }
}

fn meaning(event: &Event) -> Option<Pressed> {
    match event {
        Event::Resize(_, _) => Some(Pressed::Resized),
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(key_meaning(*key)),
        Event::Paste(text) => Some(Pressed::Pasted(text.clone())),
        Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

fn key_meaning(key: KeyEvent) -> Pressed {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    // A key held down repeats; nobody means to decide on what was not on the screen yet.
    let repeats = key.kind == KeyEventKind::Repeat;
    if let KeyCode::Char(letter) = key.code {
        return match letter {
            'c' | 'd' | 'C' | 'D' if control => Pressed::Quit,
            _ if control || repeats => Pressed::Key(Key::Other),
            letter => Pressed::Key(Key::Char(letter)),
        };
    }
    let others = [
        (KeyCode::Up, Key::Up),
        (KeyCode::Down, Key::Down),
        (KeyCode::Left, Key::Left),
        (KeyCode::Right, Key::Right),
        (KeyCode::PageUp, Key::PageUp),
        (KeyCode::PageDown, Key::PageDown),
        (KeyCode::Home, Key::Home),
        (KeyCode::End, Key::End),
        (KeyCode::Enter, Key::Enter),
        (KeyCode::Esc, Key::Escape),
        (KeyCode::Backspace, Key::Backspace),
        (KeyCode::Tab, Key::Tab),
    ];
    let found = others.into_iter().find(|(code, _)| *code == key.code);
    Pressed::Key(found.map_or(Key::Other, |(_, key)| key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::style::Tone;

    /// What a terminal without line wrap shows for the few sequences that we send.
    fn shown(bytes: &str, width: usize) -> String {
        let mut cells = vec![' '; width];
        let mut column = 0;
        let mut rest = bytes.chars();
        while let Some(c) = rest.next() {
            if c != '\u{1b}' {
                cells[column] = c;
                column = (column + 1).min(width - 1);
                continue;
            }
            let mut sequence = rest.by_ref().skip(1);
            match sequence.find(char::is_ascii_alphabetic) {
                Some('K') => cells[column..].fill(' '),
                Some('H') => column = 0,
                _ => {}
            }
        }
        cells.into_iter().collect()
    }

    #[test]
    fn a_full_line_keeps_its_last_character_and_a_short_one_leaves_nothing_of_the_former() {
        let mut out = Vec::new();
        for text in ["abcdefgh", "xy"] {
            let line = Line::of(Tone::Plain, text);
            write_lines(&mut out, &[line], Paint::off()).expect("a vector takes all");
            let wanted = format!("{text:<8}");
            assert_eq!(shown(&String::from_utf8_lossy(&out), 8), wanted);
        }
    }
}
