//! Pages: sizes and opaque tokens.

use data_encoding::BASE32_NOPAD;

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

/// A token for a place.
#[must_use]
pub fn token(place: u64) -> String {
    BASE32_NOPAD.encode(&place.to_be_bytes())
}

/// The place of a token; the first for an empty one.
///
/// # Errors
/// That it is no token of ours.
pub fn place(token: &str) -> Result<u64, &'static str> {
    if token.is_empty() {
        return Ok(0);
    }
    let bytes = BASE32_NOPAD.decode(token.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    bytes
        .map(u64::from_be_bytes)
        .ok_or("must be a next_page_token of the same listing, or empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place() {
        assert_eq!(place(&token(0)), Ok(0));
        assert_eq!(place(&token(u64::MAX)), Ok(u64::MAX));
        assert_eq!(place(""), Ok(0));
        assert!(place("7").is_err());
    }

    #[test]
    fn sizes_have_a_default_and_a_most() {
        assert_eq!(size(0, 50, 200), Ok(50));
        assert_eq!(size(200, 50, 200), Ok(200));
        assert!(size(201, 50, 200).is_err());
        assert!(size(-1, 50, 200).is_err());
    }
}
