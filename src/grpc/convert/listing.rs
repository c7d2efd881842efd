//! `ListQueue`: which part of the queue, and the page as it was found.

use std::ops::RangeInclusive;

use crate::{
    comment::{
        ids::{CommentId, SiteId},
        lane::Lane,
        reason::ReasonCode,
        score::Probability,
        violation::Violations,
    },
    grpc::convert::{moderation::queued, paging},
    proto::v1,
    queue::{
        filter::{Filter, LanguageRange, SearchText},
        listing::{Listing, ListingPlace, QueuePage},
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
    let lanes = known(
        &request.lanes,
        Lane::from_number,
        ("lanes", "must be known lanes other than UNSPECIFIED"),
        &mut found,
    );
    let lanes = if lanes.is_empty() {
        vec![Lane::Review]
    } else {
        lanes
    };
    let reasons = known(
        &request.reasons,
        |number| ReasonCode::from_number(u32::from(number)),
        ("reasons", "must be known codes other than UNSPECIFIED"),
        &mut found,
    );
    let score = score(request, &mut found);
    let count = found.take("page_size", paging::size(request.page_size, 50, 200));
    let from = found.take("page_token", place(request, lanes.len()));
    match (count, from) {
        (Some(count), Some(from)) if found.is_empty() => Ok(Listing {
            lanes,
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

/// Each once, in the order in which they came.
fn known<T: PartialEq>(
    numbers: &[i32],
    from_number: impl Fn(u8) -> Option<T>,
    (field, says): (&'static str, &'static str),
    found: &mut Violations,
) -> Vec<T> {
    let mut all = Vec::new();
    for number in numbers {
        match u8::try_from(*number).ok().and_then(&from_number) {
            Some(one) if !all.contains(&one) => all.push(one),
            Some(_) => {}
            None => {
                found.add(field, says);
                break;
            }
        }
    }
    all
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
        lanes,
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
            text,
            lanes
        )
    )
}

fn place(request: &v1::ListQueueRequest, lanes: usize) -> Result<ListingPlace, &'static str> {
    if request.page_token.is_empty() {
        return Ok(ListingPlace::START);
    }
    let place = paging::unsealed::<25>(&request.page_token, &name(request)).and_then(|bytes| {
        let (lane, place) = bytes.split_first_chunk::<1>()?;
        let place = Place::from_bytes(place.try_into().ok()?);
        let lane = usize::from(lane[0]);
        (lane < lanes).then_some(ListingPlace { lane, place })
    });
    place.ok_or("must be a next_page_token of the same listing (site, lanes and filters), or empty")
}

/// The token that leads to a place of this listing.
#[must_use]
pub fn token(request: &v1::ListQueueRequest, at: ListingPlace) -> String {
    // There are four lanes.
    let lane = u8::try_from(at.lane).unwrap_or(u8::MAX);
    let place = [&[lane][..], &at.place.to_bytes()].concat();
    paging::sealed(&place, &name(request))
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
            lanes: vec![1, 5],
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
                "lanes",
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
        let token = token(&first, ListingPlace::START);
        let with = |change: fn(&mut v1::ListQueueRequest)| {
            let mut asked = first.clone();
            asked.page_token.clone_from(&token);
            change(&mut asked);
            fields(&asked)
        };
        assert_eq!(with(|_| {}), [""; 0]);
        assert_eq!(with(|asked| asked.page_size = 7), [""; 0]);
        let others: [fn(&mut v1::ListQueueRequest); 9] = [
            |asked| asked.lanes = vec![2],
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
