//! What is wrong with an input: all of it at once, each with the field's path.

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path in the request, such as `author.email`.
    pub field: &'static str,
    /// What the caller should do; never repeats the value.
    pub description: String,
}

/// Everything wrong with an input; empty while it is being gathered, never when it is returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} field(s) need attention: {}", .0.len(), summary(.0))]
pub struct Violations(Vec<Violation>);

fn summary(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations
        .iter()
        .map(|v| format!("{}: {}", v.field, v.description))
        .collect();
    lines.join("; ")
}

impl Violations {
    /// None so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Just one.
    #[must_use]
    pub fn one(field: &'static str, description: impl ToString) -> Self {
        let mut violations = Self::new();
        violations.add(field, description);
        violations
    }

    /// One more.
    pub fn add(&mut self, field: &'static str, description: impl ToString) {
        self.0.push(Violation {
            field,
            description: description.to_string(),
        });
    }

    /// Keeps the value, or notes what is wrong with it.
    pub fn take<T, E: ToString>(&mut self, field: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }
}
