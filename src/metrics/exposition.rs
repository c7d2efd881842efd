//! Prometheus's text format 0.0.4.

use std::fmt::{self, Write};

use super::{
    catalogue::{Family, Kind},
    instruments::Histogram,
};

/// The `content-type` of a page.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A page that is being written.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// The samples of a family follow, all of them: a family is begun once.
    pub fn family(&mut self, family: &'static Family) -> Samples<'_> {
        let (name, help, kind) = (family.name, family.help, family.kind.word());
        self.put(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        Samples { page: self, family }
    }

    /// What was written.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn put(&mut self, text: fmt::Arguments<'_>) {
        // A text takes whatever is written to it.
        let _ = self.0.write_fmt(text);
    }
}

/// The samples of one family.
pub struct Samples<'a> {
    page: &'a mut Page,
    family: &'static Family,
}

impl Samples<'_> {
    /// A count. The labels' values are in the order of the row in the catalogue.
    pub fn count(&mut self, labels: &[&str], value: u64) -> &mut Self {
        self.labelled("", labels, None);
        self.page.put(format_args!(" {value}\n"));
        self
    }

    /// A number.
    pub fn number(&mut self, labels: &[&str], value: f64) -> &mut Self {
        self.labelled("", labels, None);
        self.page.put(format_args!(" {}\n", Number(value)));
        self
    }

    /// A histogram: a line a range, then sum and count.
    pub fn histogram(&mut self, labels: &[&str], histogram: &Histogram) -> &mut Self {
        debug_assert_eq!(self.family.kind, Kind::Histogram, "{}", self.family.name);
        let mut all = 0;
        for (end, below) in histogram.cumulated() {
            self.labelled("_bucket", labels, Some(end.unwrap_or(f64::INFINITY)));
            self.page.put(format_args!(" {below}\n"));
            all = below;
        }
        self.labelled("_sum", labels, None);
        self.page
            .put(format_args!(" {}\n", Number(histogram.sum())));
        self.labelled("_count", labels, None);
        self.page.put(format_args!(" {all}\n"));
        self
    }

    fn labelled(&mut self, suffix: &str, values: &[&str], end: Option<f64>) {
        let (name, labels) = (self.family.name, self.family.labels);
        debug_assert_eq!(labels.len(), values.len(), "{name}");
        self.page.put(format_args!("{name}{suffix}"));
        let mut opened = false;
        for (label, value) in labels.iter().zip(values) {
            let before = if opened { ',' } else { '{' };
            let name = label.name;
            self.page
                .put(format_args!("{before}{name}=\"{}\"", Escaped(value)));
            opened = true;
        }
        if let Some(end) = end {
            let before = if opened { ',' } else { '{' };
            self.page
                .put(format_args!("{before}le=\"{}\"", Number(end)));
            opened = true;
        }
        if opened {
            self.page.put(format_args!("}}"));
        }
    }
}

/// As Go reads numbers.
struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value.is_nan() => f.write_str("NaN"),
            f64::INFINITY => f.write_str("+Inf"),
            f64::NEG_INFINITY => f.write_str("-Inf"),
            value => write!(f, "{value}"),
        }
    }
}

/// A label's value.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str(r"\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str(r"\n")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue::{QUEUE_ITEMS, SCORE};

    #[test]
    fn what_would_end_a_label_is_escaped() {
        let mut page = Page::default();
        page.family(&QUEUE_ITEMS).count(&["a\"b\\c\nd", "é"], 3);
        let text = page.into_text();
        let line = text.lines().last();
        let expected = r#"replydesk_queue_items{site="a\"b\\c\nd",lane="é"} 3"#;
        assert_eq!(line, Some(expected));
    }

    #[test]
    fn a_histogram_ends_with_everything() {
        let histogram = Histogram::new(SCORE.buckets);
        histogram.share(0.93);
        let mut page = Page::default();
        page.family(&SCORE).histogram(&[], &histogram);
        let text = page.into_text();
        for line in [
            "# TYPE replydesk_score histogram",
            "replydesk_score_bucket{le=\"0.9\"} 0",
            "replydesk_score_bucket{le=\"0.95\"} 1",
            "replydesk_score_bucket{le=\"+Inf\"} 1",
            "replydesk_score_sum 0.93",
            "replydesk_score_count 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn numbers_are_as_go_reads_them() {
        for (value, told) in [
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (1.0, "1"),
            (0.025, "0.025"),
        ] {
            assert_eq!(Number(value).to_string(), told);
        }
    }
}
