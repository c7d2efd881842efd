//! A token's text taken apart: JWS compact serialisation (RFC 7515), read strictly.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::access::token::{
    algorithm::Algorithm,
    error::{MAX_TOKEN_BYTES, TokenError},
    json,
};

/// The longest `kid` that is looked at, in bytes.
const MAX_KID_BYTES: usize = 256;

/// What a token's head says of its signature. What else stands there, such as a key of the token's own (`jwk`, `jku`,
/// `x5u`), is never looked at.
#[derive(Debug)]
pub(super) struct Header {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
}

/// A token, taken apart and not yet believed.
pub(super) struct Compact<'a> {
    pub header: Header,
    pub claims: Map<String, Value>,
    /// The bytes that were signed.
    pub signed: &'a [u8],
    /// With it the token is whole.
    pub signature: Zeroizing<Vec<u8>>,
}

impl<'a> Compact<'a> {
    /// Takes a text apart. Costs one pass over at most [`MAX_TOKEN_BYTES`].
    ///
    /// # Errors
    /// What is wrong with its form, its `typ`, its `crit` or its `alg`.
    pub(super) fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let header = object(header)?;
        let header = Header::read(&header)?;
        let signature = Zeroizing::new(decoded(signature)?);
        Ok(Self {
            header,
            claims: object(claims)?,
            signed: signed.as_bytes(),
            signature,
        })
    }
}

impl Header {
    fn read(members: &Map<String, Value>) -> Result<Self, TokenError> {
        if members.contains_key("crit") {
            return Err(TokenError::Critical);
        }
        let nested = members.contains_key("cty");
        let right_type = match members.get("typ") {
            None => true,
            Some(Value::String(typ)) => is_access(typ),
            Some(_) => return Err(TokenError::Malformed),
        };
        if nested || !right_type {
            return Err(TokenError::Type);
        }
        let alg = members.get("alg").and_then(Value::as_str);
        let alg = alg.ok_or(TokenError::Malformed)?;
        let kid = match members.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= MAX_KID_BYTES => Some(kid.clone()),
            Some(_) => return Err(TokenError::Malformed),
        };
        Ok(Self {
            algorithm: Algorithm::of_name(alg).ok_or(TokenError::Algorithm)?,
            kid,
        })
    }
}

/// `JWT` (RFC 7519), or `at+jwt` (RFC 9068); media types have no case, and may be written with `application/`.
fn is_access(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    let short = typ.strip_prefix("application/").unwrap_or(&typ);
    matches!(short, "jwt" | "at+jwt")
}

fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    let bytes = decoded(part)?;
    json::object(&bytes).ok_or(TokenError::Malformed)
}

/// Without padding, and with no bit that means nothing: each value has one text.
fn decoded(part: &str) -> Result<Vec<u8>, TokenError> {
    let decoded = BASE64URL_NOPAD.decode(part.as_bytes());
    let bytes = decoded.map_err(|_| TokenError::Malformed)?;
    if bytes.is_empty() {
        return Err(TokenError::Malformed);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Result<Header, TokenError> {
        let header = BASE64URL_NOPAD.encode(header.as_bytes());
        Compact::parse(&format!("{header}.e30.AAAA")).map(|compact| compact.header)
    }

    #[test]
    fn heads_that_are_right() {
        for (header, algorithm, kid) in [
            (r#"{"alg":"RS256"}"#, Algorithm::Rs256, None),
            (
                r#"{"alg":"ES256","typ":"jwt","kid":"a"}"#,
                Algorithm::Es256,
                Some("a"),
            ),
            (
                r#"{"alg":"EdDSA","typ":"application/at+JWT","jku":"x"}"#,
                Algorithm::EdDsa,
                None,
            ),
            (r#"{"alg":"Ed25519","x5t":"x"}"#, Algorithm::EdDsa, None),
        ] {
            let read = read(header).expect(header);
            assert_eq!((read.algorithm, read.kid.as_deref()), (algorithm, kid));
        }
    }

    #[test]
    fn heads_that_are_wrong() {
        let long = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "k".repeat(300));
        for (header, error) in [
            (r#"{"alg":"none"}"#, TokenError::Algorithm),
            (r#"{"alg":"None"}"#, TokenError::Algorithm),
            (r#"{"alg":"HS256"}"#, TokenError::Algorithm),
            (r#"{"alg":"rs256"}"#, TokenError::Algorithm),
            (r#"{"alg":["RS256"]}"#, TokenError::Malformed),
            (r#"{}"#, TokenError::Malformed),
            (r#"[]"#, TokenError::Malformed),
            (r#"{"alg":"RS256","alg":"RS256"}"#, TokenError::Malformed),
            (
                r#"{"alg":"RS256","crit":["exp"],"exp":1}"#,
                TokenError::Critical,
            ),
            (r#"{"alg":"RS256","crit":[]}"#, TokenError::Critical),
            (r#"{"alg":"RS256","typ":"logout+jwt"}"#, TokenError::Type),
            (r#"{"alg":"RS256","typ":1}"#, TokenError::Malformed),
            (r#"{"alg":"RS256","cty":"JWT"}"#, TokenError::Type),
            (r#"{"alg":"RS256","kid":7}"#, TokenError::Malformed),
            (&long, TokenError::Malformed),
        ] {
            assert_eq!(read(header).expect_err(header), error, "{header}");
        }
    }

    #[test]
    fn texts_that_are_no_token() {
        let head = BASE64URL_NOPAD.encode(br#"{"alg":"RS256"}"#);
        for text in [
            "",
            ".",
            "..",
            &head,
            &format!("{head}.e30"),
            &format!("{head}.e30."),
            &format!("{head}..AAAA"),
            &format!("{head}.e30.AAAA.AAAA"),
            &format!("{head}.e30=.AAAA"),
            &format!("{head}.e30.AA+A"),
            &format!("{head}.e30.AAAB "),
            // The last character's low bits mean nothing, so they must be zero.
            &format!("{head}.e30.AAB"),
            &format!("{head}.e31.AAAA"),
            &format!("{head}.W10.AAAA"),
        ] {
            let error = Compact::parse(text).err().expect(text);
            assert_eq!(error, TokenError::Malformed, "{text}");
        }
        let long = format!("{head}.e30.{}", "A".repeat(MAX_TOKEN_BYTES));
        assert_eq!(Compact::parse(&long).err(), Some(TokenError::TooLong));
    }
}
