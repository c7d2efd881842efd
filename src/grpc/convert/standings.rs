//! Pages of the list of standings: proto to domain and back.

use crate::{
    comment::{ids::SiteId, subject::Subject, violation::Violations},
    grpc::convert::paging,
    proto::v1,
    store::standing_list::StandingPlace,
};

fn listing_name(site: &str) -> String {
    format!("standings\n{site}")
}

/// How many standings, and from where.
///
/// # Errors
/// Every violation at once.
pub fn listing(
    request: &v1::ListStandingsRequest,
) -> Result<(usize, Option<StandingPlace>), Violations> {
    let mut found = Violations::new();
    let count = found.take("page_size", paging::size(request.page_size, 50, 200));
    let from = found.take("page_token", place(request));
    match (count, from) {
        (Some(count), Some(from)) => Ok((count, from)),
        _ => Err(found),
    }
}

fn place(request: &v1::ListStandingsRequest) -> Result<Option<StandingPlace>, &'static str> {
    if request.page_token.is_empty() {
        return Ok(None);
    }
    let bytes = paging::opened(&request.page_token, &listing_name(&request.site));
    let place = bytes.and_then(|bytes| {
        let (set_at, subject) = bytes.split_first_chunk::<8>()?;
        Some(StandingPlace {
            set_at: u64::from_be_bytes(*set_at),
            subject: Subject::from_bytes(subject)?,
        })
    });
    match place {
        Some(place) => Ok(Some(place)),
        None => Err("must be a next_page_token of the same listing (site), or empty"),
    }
}

/// Of the next page.
#[must_use]
pub fn token(site: &SiteId, place: StandingPlace) -> String {
    let bytes = [&place.set_at.to_be_bytes()[..], &place.subject.to_bytes()];
    paging::sealed(&bytes.concat(), &listing_name(site.as_str()))
}
