//! What recent lessons taught, so that it can be taken back to the bit.

use crate::spam::{
    lesson::{BadLesson, Rest, Subject, put},
    model::BadSnapshot,
};

/// Lessons that can be taken back exactly: about as many, those that were learnt last.
const PLACES: usize = 1 << 15;

/// How a lesson was learnt, in whole numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// How strongly, in units of [`super::learning`].
    pub(super) strength: i16,
    /// What its features summed up to then: how far the slope went.
    pub(super) sum: i16,
}

/// What one lesson taught. One that taught nothing is known too: there is nothing to take back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Entry {
    tag: u32,
    step: Step,
}

impl Entry {
    const EMPTY: Self = Self {
        tag: 0,
        step: Step {
            strength: 0,
            sum: 0,
        },
    };
}

/// How strongly recent lessons were learnt, by comment. A newer one takes the place of an older one now and then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taught(Vec<Entry>);

impl Default for Taught {
    fn default() -> Self {
        Self(vec![Entry::default(); PLACES])
    }
}

impl Taught {
    fn find(&mut self, subject: Subject) -> (u32, Option<&mut Entry>) {
        let bytes = subject.0.to_le_bytes();
        let [a, b, c, d, place @ ..] = bytes;
        let place = u32::from_le_bytes(place) as usize % PLACES;
        (u32::from_le_bytes([a, b, c, d]), self.0.get_mut(place))
    }

    pub(super) fn note(&mut self, subject: Subject, step: Step) {
        if let (tag, Some(entry)) = self.find(subject) {
            *entry = Entry { tag, step };
        }
    }

    /// How the comment's lesson was learnt, once; `None` if that is no longer known.
    pub(super) fn take(&mut self, subject: Subject) -> Option<Step> {
        let (tag, entry) = self.find(subject);
        let entry = entry.filter(|entry| entry.tag == tag && **entry != Entry::EMPTY)?;
        Some(std::mem::take(entry).step)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let known = self.0.iter().filter(|entry| **entry != Entry::EMPTY);
        put(&mut out, known.count());
        let mut empty = 0;
        for entry in &self.0 {
            if *entry == Entry::EMPTY {
                empty += 1;
            } else {
                put(&mut out, empty);
                out.extend(entry.tag.to_le_bytes());
                out.extend(entry.step.strength.to_le_bytes());
                out.extend(entry.step.sum.to_le_bytes());
                empty = 0;
            }
        }
        out
    }

    pub(super) fn read(rest: &mut Rest) -> Result<Self, BadSnapshot> {
        let format = |_: BadLesson| BadSnapshot::Format;
        let mut read = Self::default();
        let mut at = 0_usize;
        for _ in 0..rest.number().map_err(format)? {
            at = at.saturating_add(rest.number().map_err(format)?);
            let entry = read.0.get_mut(at).ok_or(BadSnapshot::Format)?;
            entry.tag = u32::from_le_bytes(rest.array().map_err(format)?);
            entry.step.strength = i16::from_le_bytes(rest.array().map_err(format)?);
            entry.step.sum = i16::from_le_bytes(rest.array().map_err(format)?);
            at += 1;
        }
        Ok(read)
    }
}
