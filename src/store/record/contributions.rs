//! The explanation of a score, packed: most of its features are words of the body, and only their places are stored.

use memchr::memmem;

use crate::comment::score::Contribution;

/// A contribution is a weight in hundredths of log-odds (2 bytes), a length (1 byte), and then either the place of the
/// quoted word in the body (2 bytes, length below 128) or the feature's own text (length + 128).
pub(super) fn pack(body: &str, contributions: &[Contribution]) -> Vec<u8> {
    let mut out = Vec::with_capacity(contributions.len() * 6);
    for contribution in contributions {
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let weight = (contribution.weight * 100.0).round() as i16;
        let word = contribution
            .feature
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let place = word.filter(|word| word.len() < 128).and_then(|word| {
            let place = memmem::find(body.as_bytes(), word.as_bytes())?;
            let place = u16::try_from(place).ok()?;
            Some((place, u8::try_from(word.len()).ok()?))
        });
        out.extend(weight.to_le_bytes());
        if let Some((place, length)) = place {
            out.push(length);
            out.extend(place.to_le_bytes());
        } else {
            let text = clip(&contribution.feature, 127);
            out.push(128 + u8::try_from(text.len()).unwrap_or(127));
            out.extend(text.as_bytes());
        }
    }
    out
}

fn clip(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    &text[..end]
}

pub(super) fn unpack(body: &str, mut packed: &[u8]) -> Vec<Contribution> {
    let mut out = Vec::new();
    while let Some(([low, high, length], rest)) = packed.split_first_chunk::<3>() {
        let feature = if *length < 128 {
            let Some((place, rest)) = rest.split_first_chunk::<2>() else {
                break;
            };
            packed = rest;
            let start = usize::from(u16::from_le_bytes(*place));
            body.get(start..start + usize::from(*length))
                .map(|word| format!("\"{word}\""))
        } else {
            let Some((text, rest)) = rest.split_at_checked(usize::from(*length) - 128) else {
                break;
            };
            packed = rest;
            std::str::from_utf8(text).ok().map(str::to_owned)
        };
        let weight = f32::from(i16::from_le_bytes([*low, *high])) / 100.0;
        out.extend(feature.map(|feature| Contribution { feature, weight }));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contribution() -> impl Strategy<Value = Contribution> {
        let feature = prop_oneof![
            ".{0,40}",
            Just("\"deal\"".to_owned()),
            Just("near_duplicates".to_owned())
        ];
        (feature, -300i16..300).prop_map(|(feature, w)| Contribution {
            feature,
            weight: f32::from(w) / 100.0,
        })
    }

    proptest! {
        #[test]
        fn contributions_come_back_as_they_were(found in proptest::collection::vec(contribution(), 0..8)) {
            let body = "The best deal in town";
            prop_assert_eq!(unpack(body, &pack(body, &found)), found);
        }

    }
}
