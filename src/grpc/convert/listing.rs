//! `ListQueue`: which part of the queue, and the page as it was found.

use std::ops::RangeInclusive;

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        reason::ReasonCode,
        score::Probability,
        violation::Violations,
    },
    grpc::convert::{moderation::queued, paging},
    proto::v1,
    queue::{
        filter::{Filter, LanguageRange, SearchText},
        listing::{Listing, QueuePage},
    },
    store::queue_scan::Place,
};

/// Parses what to list.
///
/// # Errors
/// Every violation at once.
pub fn listing(request: &v1::ListQueueRequest) -> Result<Listing, Violations> {
    let mut found = Violations::new();
    let language = given(&request.language)
        .and_then(|text| found.take("language", text.parse::<LanguageRange>()));
    let text = given(&request.text).and_then(|text| found.take("text", text.parse::<SearchText>()));
    let same_author_as = given(&request.same_author_as)
        .and_then(|id| found.take("same_author_as", id.parse::<CommentId>()));
    let reasons = reasons(&request.reasons, &mut found);
    let score = score(request, &mut found);
    let count = found.take("page_size", paging::size(request.page_size, 50, 200));
    let from = found.take("page_token", place(request));
    match (count, from) {
        (Some(count), Some(from)) if found.is_empty() => Ok(Listing {
            filter: Filter {
                language,
                reasons,
                score,
                author: None,
                text,
            },
            same_author_as,
            from,
            count,
        }),
        _ => Err(found),
    }
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn reasons(numbers: &[i32], found: &mut Violations) -> Vec<ReasonCode> {
    let mut reasons = Vec::new();
    for number in numbers {
        let code = u32::try_from(*number)
            .ok()
            .and_then(ReasonCode::from_number);
        match code {
            Some(code) if !reasons.contains(&code) => reasons.push(code),
            Some(_) => {}
            None => {
                found.add("reasons", "must be known codes other than UNSPECIFIED");
                break;
            }
        }
    }
    reasons
}

fn score(request: &v1::ListQueueRequest, found: &mut Violations) -> Option<RangeInclusive<f64>> {
    let (least, most) = (request.min_spam_probability, request.max_spam_probability);
    if least.is_none() && most.is_none() {
        return None;
    }
    let mut bound = |field, given: Option<f64>, default: f64| {
        let bound = Probability::new(given.unwrap_or(default));
        found.take(field, bound.ok_or("must be a number from 0 to 1"))
    };
    let least = bound("min_spam_probability", least, 0.0)?.get();
    let most = bound("max_spam_probability", most, 1.0)?.get();
    if least > most {
        let says = "must not be below min_spam_probability";
        found.add("max_spam_probability", says);
    }
    Some(least..=most)
}

/// A token is good for the same site and filters only; the size of a page may change.
fn name(request: &v1::ListQueueRequest) -> String {
    let v1::ListQueueRequest {
        site,
        page_size: _,
        page_token: _,
        language,
        reasons,
        min_spam_probability,
        max_spam_probability,
        same_author_as,
        text,
    } = request;
    format!(
        "queue\n{:?}",
        (
            site,
            language,
            reasons,
            min_spam_probability,
            max_spam_probability,
            same_author_as,
            text
        )
    )
}

fn place(request: &v1::ListQueueRequest) -> Result<Place, &'static str> {
    let says = "must be a next_page_token of the same listing (site and filters), or empty";
    if request.page_token.is_empty() {
        return Ok(Place::START);
    }
    paging::unsealed(&request.page_token, &name(request))
        .map(Place::from_bytes)
        .ok_or(says)
}

/// The token that leads to a place of this listing.
#[must_use]
pub fn token(request: &v1::ListQueueRequest, place: Place) -> String {
    paging::sealed(&place.to_bytes(), &name(request))
}

/// A page.
#[must_use]
pub fn page(
    site: &SiteId,
    request: &v1::ListQueueRequest,
    page: QueuePage,
) -> v1::ListQueueResponse {
    let next = page.next.map(|place| token(request, place));
    let items = page.items.into_iter();
    v1::ListQueueResponse {
        next_page_token: next.unwrap_or_default(),
        items: items
            .map(|(item, context)| queued(site, item, context))
            .collect(),
        scanned: u32::try_from(page.scanned).unwrap_or(u32::MAX),
        window_exhausted: page.window_exhausted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> v1::ListQueueRequest {
        v1::ListQueueRequest {
            site: "gazette".to_owned(),
            ..Default::default()
        }
    }

    fn fields(request: &v1::ListQueueRequest) -> Vec<&'static str> {
        match listing(request) {
            Ok(_) => Vec::new(),
            Err(found) => found.as_slice().iter().map(|v| v.field).collect(),
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = v1::ListQueueRequest {
            page_size: 201,
            page_token: "7".to_owned(),
            language: "de_AT".to_owned(),
            reasons: vec![1, 0, 99],
            min_spam_probability: Some(1.1),
            max_spam_probability: Some(f64::NAN),
            same_author_as: "x".to_owned(),
            text: "…".to_owned(),
            ..request()
        };
        assert_eq!(
            fields(&wrong),
            [
                "language",
                "text",
                "same_author_as",
                "reasons",
                "min_spam_probability",
                "page_size",
                "page_token"
            ]
        );
        for (least, most, wrong) in [
            (None, None, &[][..]),
            (Some(0.5), None, &[]),
            (None, Some(0.5), &[]),
            (Some(0.5), Some(0.5), &[]),
            (Some(0.6), Some(0.5), &["max_spam_probability"]),
            (None, Some(-0.1), &["max_spam_probability"]),
        ] {
            let asked = v1::ListQueueRequest {
                min_spam_probability: least,
                max_spam_probability: most,
                ..request()
            };
            assert_eq!(fields(&asked), wrong, "{least:?} {most:?}");
        }
    }

    #[test]
    fn a_token_is_good_for_its_own_listing_only() {
        let first = v1::ListQueueRequest {
            language: "de".to_owned(),
            reasons: vec![6],
            ..request()
        };
        let token = token(&first, Place::START);
        let with = |change: fn(&mut v1::ListQueueRequest)| {
            let mut asked = first.clone();
            asked.page_token.clone_from(&token);
            change(&mut asked);
            fields(&asked)
        };
        assert_eq!(with(|_| {}), [""; 0]);
        assert_eq!(with(|asked| asked.page_size = 7), [""; 0]);
        let others: [fn(&mut v1::ListQueueRequest); 8] = [
            |asked| asked.site = "herald".to_owned(),
            |asked| asked.language = "en".to_owned(),
            |asked| asked.language = String::new(),
            |asked| asked.reasons = vec![6, 7],
            |asked| asked.min_spam_probability = Some(0.0),
            |asked| asked.max_spam_probability = Some(1.0),
            |asked| asked.same_author_as = CommentId::fresh().to_string(),
            |asked| asked.text = "tram".to_owned(),
        ];
        for change in others {
            assert_eq!(with(change), ["page_token"]);
        }
    }
}
