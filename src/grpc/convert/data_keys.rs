//! Data keys on their way to another officer key: proto to domain and back.

use std::collections::HashSet;

use crate::{
    comment::{ids::SiteId, violation::Violations},
    data_keys::Outcome,
    grpc::convert::{paging, time::timestamp_to_proto as time},
    privacy::{keys::OfficerKeyId, wrapped::WrappedDataKey},
    proto::v1,
    store::data_keys::DataKeyPlace,
};

/// How many are replaced in one step, for which Redis answers nobody else.
const MOST: usize = 100;

/// How many data keys, and from where.
///
/// # Errors
/// Every violation at once.
pub fn listing(request: &v1::ListDataKeysRequest) -> Result<(usize, DataKeyPlace), Violations> {
    let mut found = Violations::new();
    let count = found.take("page_size", paging::size(request.page_size, 100, 500));
    let from = found.take("page_token", place(request));
    match (count, from) {
        (Some(count), Some(from)) => Ok((count, from)),
        _ => Err(found),
    }
}

fn listing_name(site: &str) -> String {
    format!("data keys of {site}")
}

fn place(request: &v1::ListDataKeysRequest) -> Result<DataKeyPlace, &'static str> {
    if request.page_token.is_empty() {
        return Ok(DataKeyPlace::START);
    }
    let place = paging::unsealed::<9>(&request.page_token, &listing_name(&request.site));
    let place = place.and_then(|bytes| {
        let (look, cursor) = bytes.split_first()?;
        let cursor = u64::from_be_bytes(cursor.try_into().ok()?);
        (*look < DataKeyPlace::LOOKS).then_some(DataKeyPlace {
            look: *look,
            cursor,
        })
    });
    place.ok_or("must be a next_page_token of the same listing (site), or empty")
}

/// A page of them.
#[must_use]
pub fn listed(
    site: &SiteId,
    keys: &[WrappedDataKey],
    next: Option<DataKeyPlace>,
    seals_to: OfficerKeyId,
) -> v1::ListDataKeysResponse {
    let key = |key: &WrappedDataKey| v1::WrappedDataKey {
        data_key_id: key.id().to_vec(),
        wrapped_to: key.officer().to_string(),
        wrapped: key.as_bytes().to_vec(),
    };
    let token = |place: DataKeyPlace| {
        let bytes = [&[place.look][..], &place.cursor.to_be_bytes()].concat();
        paging::sealed(&bytes, &listing_name(site.as_str()))
    };
    v1::ListDataKeysResponse {
        data_keys: keys.iter().map(key).collect(),
        next_page_token: next.map(token).unwrap_or_default(),
        seals_to: seals_to.to_string(),
        also_sealed_to: Vec::new(),
    }
}

/// Which data keys, wrapped anew, and to whom they are wrapped until now.
///
/// # Errors
/// Every violation at once, of the data keys the first.
pub fn replacement(
    request: &v1::ReplaceDataKeysRequest,
    seals_to: OfficerKeyId,
) -> Result<(OfficerKeyId, Vec<WrappedDataKey>), Violations> {
    let mut found = Violations::new();
    let from = found.take("wrapped_to", request.wrapped_to.parse::<OfficerKeyId>());
    if from == Some(seals_to) {
        let what = "must be another than the public key that the service seals to: they are to be replaced by such";
        found.add("wrapped_to", what);
    }
    let wrapped = found.take("wrapped", data_keys(&request.wrapped));
    match (from, wrapped) {
        (Some(from), Some(wrapped)) if found.is_empty() => Ok((from, wrapped)),
        _ => Err(found),
    }
}

fn data_keys(wrapped: &[Vec<u8>]) -> Result<Vec<WrappedDataKey>, String> {
    if wrapped.is_empty() || wrapped.len() > MOST {
        return Err(format!("must be 1 to {MOST} data keys"));
    }
    let parsed = wrapped.iter().map(|bytes| WrappedDataKey::parse(bytes));
    let parsed = parsed.collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|error| format!("each {error}"))?;
    let ids: HashSet<_> = parsed.iter().map(WrappedDataKey::id).collect();
    if ids.len() < parsed.len() {
        return Err("must have no data key twice".to_owned());
    }
    Ok(parsed)
}

/// What became of them.
#[must_use]
pub fn outcome(outcome: Outcome) -> v1::ReplaceDataKeysResponse {
    v1::ReplaceDataKeysResponse {
        replaced: outcome.replaced,
        replaced_before: outcome.replaced_before,
        destroyed: outcome.destroyed,
        left: outcome.left,
        log_rewrite_due_at: outcome.log_rewrite_due.map(time),
    }
}
