//! The copies of hashed features: those that all sites share, and a site's own.

use crate::spam::lesson::SiteTag;

/// A place for each feature of one site, and for those of others: 2^21 of two bytes each.
const SITE_BITS: u32 = 21;
pub(super) const SITE_PLACES: usize = 1 << SITE_BITS;

/// The copies of hashed features that sites share.
#[derive(Clone, Copy)]
pub(in crate::spam) struct Shared<'a>(&'a [i16]);

impl<'a> Shared<'a> {
    pub(super) fn of(units: &'a [i16]) -> Self {
        Self(units)
    }

    /// Of one feature.
    #[inline(always)]
    pub(in crate::spam) fn units(&self, slot: usize) -> i32 {
        self.0.get(slot).copied().unwrap_or(0).into()
    }
}

/// A site's own copies.
#[derive(Clone, Copy)]
pub(in crate::spam) struct OfSite<'a> {
    own: &'a [i16],
    places: Places,
}

impl<'a> OfSite<'a> {
    pub(super) fn of(site: SiteTag, own: &'a [i16]) -> Self {
        let places = Places::of(site);
        Self { own, places }
    }

    /// Of one feature.
    #[inline(always)]
    pub(in crate::spam) fn units(&self, slot: usize) -> i32 {
        let own = self.own.get(self.places.of_feature(slot));
        own.copied().unwrap_or(0).into()
    }
}

/// Where a site's own copies of features lie. One site's features never share a place with each other: an odd factor
/// permutes the places. With a factor and a start of its own, a site shares places with another by chance only, and
/// never all of them.
#[derive(Clone, Copy)]
struct Places {
    start: usize,
    factor: usize,
}

impl Places {
    #[inline]
    fn of(site: SiteTag) -> Self {
        let start = site.0.wrapping_mul(0x9E37_79B1) >> (32 - SITE_BITS);
        let factor = site.0.wrapping_mul(0x85EB_CA6B) >> (32 - SITE_BITS) | 1;
        Self {
            start: start as usize,
            factor: factor as usize,
        }
    }

    #[inline(always)]
    fn of_feature(self, feature: usize) -> usize {
        (feature.wrapping_mul(self.factor) ^ self.start) & (SITE_PLACES - 1)
    }
}

/// The place of one feature.
#[inline]
pub(super) fn place(site: SiteTag, feature: usize) -> usize {
    Places::of(site).of_feature(feature)
}
