//! The lanes in their order, and the books of leases.

use std::collections::BTreeMap;

use replydesk::{comment::lane::Lane, store::keys};

use super::{
    super::{
        model::Model,
        names::{id, token},
        real::Real,
        words::Place,
    },
    Bytes, ask, number_of,
    telling::Times,
};

/// Each lane in its order, with the due times.
pub fn lanes(real: &Real, model: &Model, times: &Times) {
    for lane in Lane::ALL {
        let key = keys::lane(&real.site, lane);
        let found: Vec<(Bytes, i64)> = ask(real, "ZRANGE", key, &["0", "-1", "WITHSCORES"]);
        let found: Vec<_> = found
            .into_iter()
            .map(|(member, due)| (number_of(member), due))
            .collect();
        let expected = model.waiting(&[lane]).into_iter();
        let expected: Vec<_> = expected.map(|n| (n, times.due(model, n))).collect();
        assert_eq!(found, expected, "{lane}");
    }
}

/// The three books of leases agree with the model and so with each other.
pub fn leases(real: &Real, model: &Model, times: &Times) {
    let expiries: Vec<Bytes> = ask(real, "ZRANGE", keys::leases(&real.site), &["0", "-1"]);
    let mut expiries: Vec<_> = expiries.into_iter().map(number_of).collect();
    expiries.sort_unstable();
    assert_eq!(expiries, model.resting(), "expiries");

    let holders: BTreeMap<Bytes, Bytes> =
        ask(real, "HGETALL", keys::lease_holders(&real.site), &[]);
    let mut tokens: BTreeMap<Bytes, Bytes> =
        ask(real, "HGETALL", keys::lease_tokens(&real.site), &[]);
    assert_eq!(holders.len(), model.resting().len(), "holders");
    for n in model.resting() {
        let name = id(n).as_bytes().to_vec();
        let (held_under, back_to) = holders[&name].split_at(8);
        let due = f64::from_le_bytes(back_to[..8].try_into().unwrap());
        let lane = model.comments[n].lane.unwrap();
        assert_eq!(
            (due as i64, back_to[16]),
            (times.due(model, n), lane as u8),
            "where {n} goes back to"
        );
        match model.comments[n].place {
            Place::Leased {
                token: expected, ..
            } => {
                assert_eq!(held_under, token(expected).as_bytes(), "holder of {n}");
                assert_eq!(tokens.remove(held_under), Some(name), "token of {n}");
            }
            Place::Cooling { .. } => assert_eq!(held_under, [0; 8], "{n} cools down"),
            Place::Nowhere | Place::Waiting => unreachable!("it rests"),
        }
    }
    assert!(tokens.is_empty(), "tokens of nothing: {tokens:?}");
}
