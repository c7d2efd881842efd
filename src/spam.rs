//! How likely a comment is spam: a linear model over hashed features of its text, and named signals of how it came.
//!
//! The path: [`content`] reads the text once ([`links`], [`sketch`], [`quotes`]); [`features`] turns it into hashed features, [`shape`] into
//! counted ones; [`weights`] holds what each is worth; [`signals`] are the named facts around the text; [`scorer`] adds it all up and
//! explains. [`teaching`] says what a decision teaches, and [`replication`] brings it to every replica. [`training`] makes the weights from labelled comments, and [`measures`] says how good they are.

pub mod content;
pub mod dataset;
pub mod features;
pub mod lesson;
pub mod links;
pub mod live;
pub mod measures;
pub mod model;
pub mod quotes;
mod reasons;
pub mod replication;
pub mod scorer;
pub mod shape;
pub mod signals;
pub mod sketch;
pub mod teaching;
pub mod training;
pub mod vector;
pub mod weights;
