//! Pages: sizes and opaque tokens.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// A page's size: `default` for 0, else 1 to `most`.
///
/// # Errors
/// What to ask for instead.
pub fn size(asked: i32, default: usize, most: usize) -> Result<usize, String> {
    match usize::try_from(asked) {
        Ok(0) => Ok(default),
        Ok(size) if size <= most => Ok(size),
        Ok(_) | Err(_) => Err(format!("must be 0 (for {default}) or 1 to {most}")),
    }
}

/// A token for a place in a listing, good for that listing only.
#[must_use]
pub fn token(place: u64, listing: &str) -> String {
    let mut bytes = place.to_be_bytes().to_vec();
    bytes.extend(mark(listing));
    BASE32_NOPAD.encode(&bytes)
}

/// A token for a place of a listing's own making, good for that listing only.
#[must_use]
pub fn sealed(place: &[u8], listing: &str) -> String {
    BASE32_NOPAD.encode(&[place, &mark(listing)].concat())
}

/// The place of such a token; `None` for any other.
#[must_use]
pub fn unsealed<const N: usize>(token: &str, listing: &str) -> Option<[u8; N]> {
    opened(token, listing)?.try_into().ok()
}

/// The same for places of several lengths.
#[must_use]
pub fn opened(token: &str, listing: &str) -> Option<Vec<u8>> {
    let mut bytes = BASE32_NOPAD.decode(token.as_bytes()).ok()?;
    let (_, found) = bytes.split_last_chunk::<4>()?;
    let is_of_it = *found == mark(listing);
    bytes.truncate(bytes.len() - 4);
    is_of_it.then_some(bytes)
}

/// Not a secret: it only has to tell one listing from another.
fn mark(listing: &str) -> [u8; 4] {
    let digest = Sha256::digest(listing);
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The place of a token; the first for an empty one.
///
/// # Errors
/// That it is no token of this listing.
pub fn place(token: &str, listing: &str) -> Result<u64, &'static str> {
    if token.is_empty() {
        return Ok(0);
    }
    let bytes = BASE32_NOPAD.decode(token.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 12]>::try_from(bytes).ok());
    let place = bytes.and_then(|bytes| {
        let (place, found) = bytes.split_first_chunk::<8>()?;
        (*found == mark(listing)).then(|| u64::from_be_bytes(*place))
    });
    place.ok_or("must be a next_page_token of the same listing (site, thread, states), or empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place() {
        assert_eq!(place(&token(0, "a"), "a"), Ok(0));
        assert_eq!(place(&token(u64::MAX, "a"), "a"), Ok(u64::MAX));
        assert_eq!(place("", "a"), Ok(0));
        assert!(place("7", "a").is_err());
        assert!(place(&token(7, "a"), "b").is_err());
        assert_eq!(unsealed(&sealed(&[1, 2, 3], "a"), "a"), Some([1, 2, 3]));
        assert_eq!(unsealed::<3>(&sealed(&[1, 2, 3], "a"), "b"), None);
        assert_eq!(unsealed::<2>(&sealed(&[1, 2, 3], "a"), "a"), None);
        assert_eq!(unsealed::<3>("", "a"), None);
    }

    #[test]
    fn sizes_have_a_default_and_a_most() {
        assert_eq!(size(0, 50, 200), Ok(50));
        assert_eq!(size(200, 50, 200), Ok(200));
        assert!(size(201, 50, 200).is_err());
        assert!(size(-1, 50, 200).is_err());
    }
}
