//! The ops port, as a scraper, a probe or a person with `curl` sees it.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::until::{soon, until};

const BOUND: Duration = Duration::from_secs(20);

/// A replica's ops port.
#[derive(Debug, Clone, Copy)]
pub struct OpsPort(pub SocketAddr);

/// What it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl OpsPort {
    pub async fn get(self, path: &str) -> Answer {
        self.say(&format!(
            "GET {path} HTTP/1.1\r\nhost: ops\r\nconnection: close\r\n\r\n"
        ))
        .await
        .expect("the ops port answers")
    }

    pub async fn put(self, path: &str, body: &str) -> Answer {
        let length = body.len();
        self.say(&format!(
            "PUT {path} HTTP/1.1\r\nhost: ops\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await
        .expect("the ops port answers")
    }

    /// Whatever is said, until the other end closes; `None` without an answer.
    pub async fn say(self, text: &str) -> Option<Answer> {
        let told = async {
            let mut stream = TcpStream::connect(self.0).await.ok()?;
            stream.write_all(text.as_bytes()).await.ok()?;
            let mut told = Vec::new();
            // A reset behind the answer is none of its.
            let _ = stream.read_to_end(&mut told).await;
            let told = String::from_utf8(told).unwrap();
            let (head, body) = told.split_once("\r\n\r\n")?;
            let status = head.split(' ').nth(1)?.parse().ok()?;
            Some(Answer {
                status,
                head: head.to_owned(),
                body: body.to_owned(),
            })
        };
        soon("the ops port is done", BOUND, told).await
    }

    /// All metrics now.
    pub async fn metrics(self) -> Metrics {
        let answer = self.get("/metrics").await;
        assert_eq!(answer.status, 200, "{}", answer.head);
        Metrics::parse(&answer.body)
    }

    /// Looks until a series has a value that will do.
    pub async fn until(self, series: &str, will_do: impl Fn(f64) -> bool) -> f64 {
        until(series, BOUND, async || {
            let value = self.metrics().await.find(series);
            value.filter(|value| will_do(*value))
        })
        .await
    }
}

/// A page of metrics by series, as `name{label="value"}`.
pub struct Metrics(pub BTreeMap<String, f64>);

impl Metrics {
    /// Reads the text format 0.0.4, and is as strict as it is.
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends");
        let (mut found, mut family) = (BTreeMap::new(), None);
        let mut families = std::collections::BTreeSet::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                assert!(help.contains(' '), "{line}");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(families.insert(name.to_owned()), "twice: {line}");
                family = Some((name, kind));
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let (name, kind) = family.expect("a sample stands below its type");
                let of = series.split('{').next().unwrap();
                let is_of = match kind {
                    "histogram" => ["_bucket", "_sum", "_count"]
                        .iter()
                        .any(|suffix| of.strip_suffix(suffix) == Some(name)),
                    _ => of == name,
                };
                assert!(is_of, "{line} stands below {name}");
                let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
                let before = found.insert(series.to_owned(), value);
                assert_eq!(before, None, "twice: {line}");
            }
        }
        Self(found)
    }

    /// A series; `None` where there is none.
    pub fn find(&self, series: &str) -> Option<f64> {
        self.0.get(series).copied()
    }

    /// A series that there is.
    pub fn get(&self, series: &str) -> f64 {
        self.find(series)
            .unwrap_or_else(|| panic!("no {series} among {:#?}", self.0.keys()))
    }

    /// How much more there is of a series than before; one that was absent was 0.
    pub fn more(&self, before: &Self, series: &str) -> f64 {
        self.find(series).unwrap_or(0.0) - before.find(series).unwrap_or(0.0)
    }

    /// The values of a label in the series of a family.
    pub fn values(&self, family: &str, label: &str) -> Vec<String> {
        let start = format!("{label}=\"");
        let of = |series: &String| series.split('{').next() == Some(family);
        let series = self.0.keys().filter(|series| of(series));
        let values = series.filter_map(|series| {
            let (_, behind) = series.split_once(&start)?;
            Some(behind.split('"').next()?.to_owned())
        });
        let mut values: Vec<String> = values.collect();
        values.sort();
        values.dedup();
        values
    }
}
