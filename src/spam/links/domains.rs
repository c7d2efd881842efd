//! Which endings make a name a domain.

/// Top-level domains that comments name; not all there are, so that `file.name` isn't a link.
pub(super) fn is_tld(label: &str) -> bool {
    TLDS.binary_search(&label).is_ok()
}

/// Top-level domains that are also words: `the end.It was` names no domain.
pub(super) fn is_word_too(tld: &str) -> bool {
    matches!(
        tld,
        "am" | "art"
            | "as"
            | "at"
            | "be"
            | "bet"
            | "blog"
            | "by"
            | "click"
            | "club"
            | "de"
            | "es"
            | "fun"
            | "id"
            | "im"
            | "in"
            | "info"
            | "is"
            | "it"
            | "la"
            | "life"
            | "link"
            | "live"
            | "me"
            | "my"
            | "name"
            | "news"
            | "no"
            | "one"
            | "online"
            | "page"
            | "pics"
            | "pro"
            | "se"
            | "sex"
            | "shop"
            | "site"
            | "so"
            | "space"
            | "store"
            | "tech"
            | "to"
            | "today"
            | "top"
            | "us"
            | "website"
            | "win"
            | "work"
            | "world"
    )
}

/// Sorted, for the search.
const TLDS: [&str; 136] = [
    "ac", "ai", "am", "app", "ar", "art", "as", "asia", "at", "au", "be", "bet", "bg", "bio",
    "biz", "blog", "br", "by", "ca", "casino", "cc", "cf", "ch", "cl", "click", "club", "cn", "co",
    "com", "cz", "de", "dev", "dk", "edu", "ee", "es", "eu", "fi", "fm", "fr", "fun", "ga", "gd",
    "gg", "gl", "gov", "gq", "gr", "gs", "hk", "hu", "id", "ie", "il", "im", "in", "info", "io",
    "ir", "is", "it", "jp", "ke", "kr", "kz", "la", "li", "life", "link", "live", "lt", "lv", "ly",
    "me", "mil", "ml", "mobi", "mx", "my", "name", "net", "news", "ng", "nl", "no", "nu", "nz",
    "one", "online", "org", "page", "ph", "pics", "pk", "pl", "porn", "pro", "pt", "pw", "ro",
    "rs", "ru", "se", "sex", "sg", "shop", "si", "site", "sk", "so", "space", "st", "store", "su",
    "tech", "th", "tk", "to", "today", "top", "tr", "tv", "tw", "ua", "uk", "us", "vip", "vn",
    "website", "win", "work", "world", "ws", "xxx", "xyz", "za",
];
