//! What a reader wrote: kept and judged as it is, and shown according to who looks at it.

use std::borrow::Cow;

use crate::comment::masking::Masking;

/// Who is shown what readers wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Who moderates: they see what was written.
    Newsroom,
    /// The blog, and so everybody: what the site's policy masks is masked.
    Blog(Masking),
}

/// A text that a reader wrote: a comment's body, the name beside it. It is no `str`, so that whoever hands it out says to
/// whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written(String);

impl Written {
    /// As it was written: for storing, judging, searching, and for who moderates. Never for the blog.
    #[must_use]
    pub fn verbatim(&self) -> &str {
        &self.0
    }

    /// The same, given away.
    #[must_use]
    pub fn into_verbatim(self) -> String {
        self.0
    }

    /// As this audience may see it. Linear in its length; allocates only where something is masked.
    #[must_use]
    pub fn shown_to(&self, audience: Audience) -> Cow<'_, str> {
        match audience {
            Audience::Newsroom => Cow::Borrowed(&self.0),
            Audience::Blog(masking) => masking.mask(&self.0),
        }
    }
}

impl From<String> for Written {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Written {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
