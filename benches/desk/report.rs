//! Figures as they come, and all of them in `bench.json`.

use std::path::PathBuf;

/// One figure.
#[derive(serde::Serialize)]
struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    bar: Option<&'static str>,
}

/// What was measured.
#[derive(Default)]
pub struct Report(Vec<Row>);

impl Report {
    /// One more figure, printed at once.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        bar: Option<&'static str>,
    ) {
        let row = Row {
            name: name.into(),
            value: (value * 1_000.0).round() / 1_000.0,
            unit,
            bar,
        };
        let bar = bar.map(|bar| format!("   (bar {bar})")).unwrap_or_default();
        println!("{:<64} {:>12.3} {:<10}{bar}", row.name, row.value, row.unit);
        self.0.push(row);
    }

    /// Writes `bench.json` into cargo's target directory.
    pub fn finish(self) {
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| PathBuf::from("target"), PathBuf::from);
        let path = target.join("bench.json");
        let text = serde_json::to_string_pretty(&self.0).expect("figures are JSON");
        std::fs::write(&path, text + "\n").expect("the target directory can be written");
        println!("written to {}", path.display());
    }
}

/// The median.
pub fn median(mut values: Vec<f64>) -> f64 {
    percentile(&mut values, 0.5)
}

/// The value below which this share lies.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len() as f64 - 1.0) * share).round() as usize;
    values[at]
}
