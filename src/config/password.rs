//! Passwords in addresses: whether there is one, and the address without it.

/// Whether an address has a password, as user information or, as for sockets, in its query.
pub(super) fn is_in(text: &str) -> bool {
    without(text) != text
}

/// The address with its password as `[redacted]`. Works on texts that are no addresses too.
pub(super) fn without(text: &str) -> String {
    let (head, rest) = text.split_once("://").unwrap_or(("", text));
    let (rest, query) = rest
        .split_once('?')
        .map_or((rest, None), |(r, q)| (r, Some(q)));
    // A password may hold an unescaped @ or /: everything up to the last @ counts as user information.
    let mut shown = match rest.rsplit_once('@') {
        Some((user, behind)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:[redacted]@{behind}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    if let Some(query) = query {
        let parts: Vec<String> = query
            .split('&')
            .map(|part| {
                // `pass`, and `sentinel_password`.
                match part.split_once('=') {
                    Some((name, _)) if name.contains("pass") => format!("{name}=[redacted]"),
                    _ => part.to_owned(),
                }
            })
            .collect();
        shown = format!("{shown}?{}", parts.join("&"));
    }
    if head.is_empty() {
        shown
    } else {
        format!("{head}://{shown}")
    }
}
