//! What one decision teaches: which features the comment had, and what a moderator said of it. It holds no text, but
//! hashes of words are not anonymous: the model log keeps lessons for a day at most.
//!
//! As bytes: a format byte (1), flags (bit 0 spam, bit 1 shared, bit 2 taken back), the site's tag (u32, little endian),
//! the subject (u64),
//! each family's slots (their number, then the gaps between them), the shapes that aren't zero (their number, then index
//! and f32 each), and the signals' bytes (their length, then they). Numbers without a size are LEB128.

mod bytes;

pub(super) use bytes::{Rest, put};

use crate::{
    comment::ids::{CommentId, SiteId},
    spam::{
        features::{
            Family, MOST_FEATURES,
            hashing::{hash_bytes, mix},
        },
        shape::Shape,
        signals::Signals,
        vector::Vector,
    },
};

const FORMAT: u8 = 1;
const SPAM: u8 = 1;
const SHARED: u8 = 2;
const TAKEN_BACK: u8 = 4;

/// A site as lessons and weights name it: 32 bits of a hash of its name. The default is no site's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SiteTag(pub(super) u32);

impl SiteTag {
    /// Of a site.
    #[must_use]
    pub fn of(site: &SiteId) -> Self {
        let [a, b, c, d, ..] = hash_bytes(site.as_str().as_bytes()).to_le_bytes();
        Self(u32::from_le_bytes([a, b, c, d]))
    }
}

/// The comment that a lesson is about, by a hash of site and id: what is taken back is found by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject(pub(super) u64);

impl Subject {
    /// A comment of the service.
    #[must_use]
    pub fn of(site: SiteTag, comment: &CommentId) -> Self {
        Self::named(site, comment.as_bytes())
    }

    /// A comment with any name, such as one of another system.
    #[must_use]
    pub fn named(site: SiteTag, name: &[u8]) -> Self {
        Self(mix(hash_bytes(name) ^ u64::from(site.0)))
    }
}

/// What a decision says about spam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// It is not spam.
    Ham,
    /// It is spam.
    Spam,
}

/// One decision as training data.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// Whose decision.
    pub site: SiteTag,
    /// On which comment.
    pub subject: Subject,
    /// What it said.
    pub label: Label,
    /// It is no longer said: what it taught is taken back.
    pub taken_back: bool,
    /// It teaches the copies that all sites share too, not only the site's own.
    pub shared: bool,
    /// What the comment looked like.
    pub vector: Vector,
}

/// Bytes that are no lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no lesson of format {FORMAT}")]
pub struct BadLesson;

impl Lesson {
    /// For the model log; about two bytes a feature.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let vector = &self.vector;
        let mut out = Vec::with_capacity(2 * vector.slots.len() + 64);
        let flag = |holds: bool, bit: u8| if holds { bit } else { 0 };
        out.push(FORMAT);
        out.push(
            flag(self.label == Label::Spam, SPAM)
                | flag(self.shared, SHARED)
                | flag(self.taken_back, TAKEN_BACK),
        );
        out.extend(self.site.0.to_le_bytes());
        out.extend(self.subject.0.to_le_bytes());
        for (family, slots) in vector.families() {
            put(&mut out, slots.len());
            let mut last = family.offset();
            for slot in slots {
                let slot = *slot as usize;
                put(&mut out, slot - last);
                last = slot;
            }
        }
        let shapes = vector.shapes.iter().zip(0u8..);
        let shapes: Vec<(&f32, u8)> = shapes.filter(|(value, _)| **value != 0.0).collect();
        put(&mut out, shapes.len());
        for (value, index) in shapes {
            out.push(index);
            out.extend(value.to_le_bytes());
        }
        let signals = vector.signals.to_bytes();
        put(&mut out, signals.len());
        out.extend(signals);
        out
    }

    /// From the model log.
    ///
    /// # Errors
    /// Anything that [`Lesson::to_bytes`] doesn't make.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadLesson> {
        let mut rest = Rest(bytes);
        let [FORMAT, flags] = rest.array()? else {
            return Err(BadLesson);
        };
        if flags & !(SPAM | SHARED | TAKEN_BACK) != 0 {
            return Err(BadLesson);
        }
        let site = SiteTag(u32::from_le_bytes(rest.array()?));
        let subject = Subject(u64::from_le_bytes(rest.array()?));
        let mut slots = Vec::with_capacity(bytes.len() / 2);
        let mut ends = [0; Family::ALL.len()];
        for (family, end) in Family::ALL.into_iter().zip(&mut ends) {
            rest.slots(family, &mut slots)?;
            *end = slots.len();
        }
        let shapes = rest.shapes()?;
        let length = rest.number()?;
        let signals = Signals::from_bytes(rest.take(length)?).ok_or(BadLesson)?;
        if !rest.0.is_empty() {
            return Err(BadLesson);
        }
        Ok(Self {
            site,
            subject,
            label: if flags & SPAM == 0 {
                Label::Ham
            } else {
                Label::Spam
            },
            taken_back: flags & TAKEN_BACK != 0,
            shared: flags & SHARED != 0,
            vector: Vector {
                slots,
                ends,
                shapes,
                signals,
            },
        })
    }
}

impl Rest<'_> {
    /// Ascending and distinct, within the family.
    fn slots(&mut self, family: Family, slots: &mut Vec<u32>) -> Result<(), BadLesson> {
        let count = self.number()?;
        if count > MOST_FEATURES {
            return Err(BadLesson);
        }
        let mut last = family.offset();
        for n in 0..count {
            let gap = self.number()?;
            last += gap;
            if (gap == 0 && n > 0) || last >= family.offset() + family.slots() {
                return Err(BadLesson);
            }
            slots.push(u32::try_from(last).map_err(|_| BadLesson)?);
        }
        Ok(())
    }

    fn shapes(&mut self) -> Result<[f32; Shape::ALL.len()], BadLesson> {
        const MOST: f32 = 100.0;
        let mut shapes = [0.0; Shape::ALL.len()];
        for _ in 0..self.number()? {
            let [index] = self.array()?;
            let value = f32::from_le_bytes(self.array()?);
            let shape = shapes.get_mut(usize::from(index)).ok_or(BadLesson)?;
            // NaN is not at most anything.
            if value.abs() <= MOST {
                *shape = value;
            } else {
                return Err(BadLesson);
            }
        }
        Ok(shapes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spam::content::Content;

    fn lesson(body: &str) -> Lesson {
        Lesson {
            site: SiteTag::of(&"gazette".parse().unwrap()),
            subject: Subject::named(SiteTag::default(), b"one"),
            label: Label::Spam,
            taken_back: false,
            shared: true,
            vector: Vector::of(&Content::of_text(body, ""), Signals::default()),
        }
    }

    #[test]
    fn lessons_survive_the_log() {
        for body in [
            "",
            "Win c@sh at http://lucky.example/win with 𝐋𝐮𝐜𝐤𝐲𝟖𝟖",
            &"many words ".repeat(3_000),
        ] {
            let lesson = lesson(body);
            assert_eq!(Lesson::from_bytes(&lesson.to_bytes()), Ok(lesson));
        }
        let back = Lesson {
            taken_back: true,
            shared: false,
            label: Label::Ham,
            ..lesson("Hello")
        };
        assert_eq!(Lesson::from_bytes(&back.to_bytes()), Ok(back));
    }

    #[test]
    fn a_cut_lesson_is_none() {
        let bytes = lesson("Win cash at http://lucky.example/win").to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(Lesson::from_bytes(&bytes[..length]), Err(BadLesson));
        }
        assert_eq!(
            Lesson::from_bytes(&[&bytes[..], b"x"].concat()),
            Err(BadLesson)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reader(at in 0usize..400, byte: u8) {
            let mut bytes = lesson("Win cash at http://lucky.example/win with lucky88 today").to_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(read) = Lesson::from_bytes(&bytes) {
                proptest::prop_assert!(read.vector.slots.is_sorted());
            }
        }
    }
}
