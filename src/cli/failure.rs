//! How a command fails: one message that says what to do next, and an exit code.

use std::fmt;

/// A command's failure.
#[derive(Debug)]
pub struct Failure {
    message: String,
    exit_code: u8,
    reader_left: bool,
}

impl Failure {
    /// The work could not be done: exit code 1.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: 1,
            reader_left: false,
        }
    }

    /// The arguments or an input file are wrong: exit code 2.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: 2,
            reader_left: false,
        }
    }

    /// The same, of one of several.
    #[must_use]
    pub fn about(self, what: &str) -> Self {
        Self {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }

    /// No failure if all that happened is that the reader of our output went away (`replydesk events | head`).
    ///
    /// # Errors
    /// The failure itself, if it is any other.
    pub fn unless_reader_left(self) -> Result<(), Self> {
        if self.reader_left { Ok(()) } else { Err(self) }
    }

    /// For the process.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self {
            reader_left: error.kind() == std::io::ErrorKind::BrokenPipe,
            ..Self::new(error.to_string())
        }
    }
}
