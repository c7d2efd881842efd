use proptest::prelude::*;

use super::*;
use crate::{cli::import::entry::What, proto::v1::ImportedComment};

fn export(comments: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file -->
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
	<title>The Daily</title>
	<link>https://daily.example</link>
	<language>de-AT</language>
	<wp:base_blog_url>https://daily.example/blog</wp:base_blog_url>
	<item>
		<title><![CDATA[The tram &amp; the <em>bridge</em>]]></title>
		<link>https://daily.example/tram</link>
		<content:encoded><![CDATA[An article <b>with</b> text]]></content:encoded>
{comments}
	</item>
</channel>
</rss>
"#
    )
}

/// A comment with these fields besides a good one's.
fn comment(fields: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("wp:comment_id", "12"),
        ("wp:comment_author", "<![CDATA[Ada]]>"),
        ("wp:comment_author_email", "<![CDATA[ada@example.org]]>"),
        ("wp:comment_author_url", "https://ada.example"),
        ("wp:comment_author_IP", "<![CDATA[203.0.113.7]]>"),
        ("wp:comment_date_gmt", "<![CDATA[2026-01-31 09:30:00]]>"),
        ("wp:comment_content", "<![CDATA[Well <b>said</b>]]>"),
        ("wp:comment_approved", "<![CDATA[1]]>"),
        ("wp:comment_type", "<![CDATA[comment]]>"),
        ("wp:comment_user_id", "4"),
    ];
    for (name, value) in fields {
        all.retain(|(known, _)| known != name);
        all.push((*name, *value));
    }
    let all = all
        .iter()
        .map(|(name, value)| format!("<{name}>{value}</{name}>\n"));
    format!("<wp:comment>\n{}</wp:comment>", all.collect::<String>())
}

fn read(text: &[u8]) -> Vec<Result<Entry, Unreadable>> {
    Wxr::new(text, Options::default()).collect()
}

fn one(fields: &[(&str, &str)]) -> What {
    let mut all = read(export(&comment(fields)).as_bytes());
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).expect("readable").what
}

fn a_comment(fields: &[(&str, &str)]) -> ImportedComment {
    let found = one(fields);
    let What::Comment(comment) = found else {
        panic!("{fields:?}: {found:?}");
    };
    *comment
}

#[test]
fn a_comment_is_read_with_its_article() {
    let comment = a_comment(&[]);
    assert_eq!(comment.source_id, "https://daily.example/blog#12");
    assert_eq!(comment.body, "Well said");
    let author = comment.author.expect("an author");
    assert_eq!(
        (
            author.display_name.as_str(),
            author.email.as_str(),
            author.account_id.as_str()
        ),
        ("Ada", "ada@example.org", "")
    );
    let thread = comment.thread.expect("an article");
    assert_eq!(
        (
            thread.title.as_str(),
            thread.url.as_str(),
            thread.language.as_str()
        ),
        (
            "The tram & the bridge",
            "https://daily.example/tram",
            "de-AT"
        )
    );
    assert_eq!(comment.submitted_at.expect("a time").seconds, 1_769_851_800);
}

#[test]
fn each_status_and_type_is_known() {
    use crate::comment::state::CommentState as S;
    for (approved, state) in [
        ("1", S::Approved),
        ("0", S::Pending),
        ("spam", S::Spam),
        ("<![CDATA[trash]]>", S::Rejected),
    ] {
        let comment = a_comment(&[("wp:comment_approved", approved)]);
        assert_eq!(comment.state, i32::from(state.number()), "{approved}");
    }
    for (fields, what) in [
        (("wp:comment_type", "pingback"), "pingback or trackback"),
        (("wp:comment_type", "trackback"), "pingback or trackback"),
        (
            ("wp:comment_type", "order_note"),
            "of another type than comment",
        ),
        (
            ("wp:comment_approved", "post-trashed"),
            "of an article in the trash",
        ),
    ] {
        assert_eq!(one(&[fields]), What::Skipped(what), "{fields:?}");
    }
}

#[test]
fn text_is_read_however_it_is_written() {
    for (content, body) in [
        ("<![CDATA[a &amp; b &lt;i&gt;]]>", "a & b <i>"),
        ("a &amp;amp; b", "a & b"),
        ("a &lt;b&gt;bold&lt;/b&gt; word", "a bold word"),
        ("tea & cake", "tea & cake"),
        ("<![CDATA[two ]]]]><![CDATA[> parts]]>", "two ]]> parts"),
        ("it&#8217;s &#x1F44D;", "it’s 👍"),
        ("&unknown; stays", "&unknown; stays"),
        ("<![CDATA[bell \u{7} gone]]>", "bell  gone"),
        ("<!-- unseen -->seen", "seen"),
    ] {
        assert_eq!(
            a_comment(&[("wp:comment_content", content)]).body,
            body,
            "{content}"
        );
    }
    assert_eq!(
        a_comment(&[("wp:comment_date_gmt", "0000-00-00 00:00:00")]).submitted_at,
        None
    );
    let website = [("wp:comment_author_url", "http://")];
    assert_eq!(a_comment(&website).author.expect("an author").website, "");
}

#[test]
fn a_wrong_comment_is_named_and_the_next_one_read() {
    let strange = export(&comment(&[("wp:comment_content", "caf@")])).replace('@', "\u{0}");
    let strange: Vec<u8> = strange
        .bytes()
        .map(|byte| if byte == 0 { 0xE9 } else { byte })
        .collect();
    let table = [
        (
            export(&comment(&[("wp:comment_id", "")])).into_bytes(),
            "wp:comment_id",
        ),
        (
            export(&comment(&[("wp:comment_approved", "maybe")])).into_bytes(),
            "wp:comment_approved",
        ),
        (strange, "is not UTF-8"),
    ];
    for (file, says) in table {
        let found = read(&file);
        let entry = found[0].as_ref().expect("readable");
        assert_eq!(entry.line, 13, "{says}");
        let What::Bad(wrong) = &entry.what else {
            panic!("{says}: {:?}", entry.what);
        };
        assert!(wrong[0].contains(says), "{wrong:?}");
    }
    let two = format!("{}\n{}", comment(&[("wp:comment_id", "")]), comment(&[]));
    assert_eq!(read(export(&two).as_bytes()).len(), 2);
}

#[test]
fn a_file_that_is_no_export_says_where_and_why() {
    let whole = export(&comment(&[]));
    let cut = whole.find("Well").expect("a text");
    let deep = format!("<rss>{}", "<a>".repeat(100));
    let latin = whole.replace("UTF-8", "ISO-8859-1");
    let nameless = whole
        .replace("<link>https://daily.example</link>", "")
        .replace(
            "<wp:base_blog_url>https://daily.example/blog</wp:base_blog_url>",
            "",
        );
    let huge = export(&format!(
        "<x><![CDATA[{}]]></x>",
        "x".repeat(17 * 1024 * 1024)
    ));
    for (file, says) in [
        (whole.get(..cut).expect("a cut"), "line 20: "),
        (
            "<html><body></body></html>",
            "line 1: is no WordPress export",
        ),
        ("{\"id\": 1}", "is no WordPress export"),
        ("<rss><channel></rss>", "is not well-formed XML"),
        ("<rss><channel>", "ends within <channel>"),
        (deep.as_str(), "nested too deep"),
        (latin.as_str(), "iconv -f ISO-8859-1"),
        (nameless.as_str(), "wp:base_blog_url"),
        (huge.as_str(), "larger than 16 MiB"),
    ] {
        let last = read(file.as_bytes()).pop().expect("something");
        let error = last.expect_err(says).to_string();
        assert!(error.contains(says), "{error} should say {says}");
    }
}

#[test]
fn what_a_document_type_declares_is_not_expanded() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">\
        <!ENTITY file SYSTEM \"file:///etc/hostname\">]>";
    let file = export(&comment(&[("wp:comment_content", "&b; &file;")]));
    let file = file.replace("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>", bomb);
    let found = read(file.as_bytes()).remove(0).expect("readable");
    let What::Comment(comment) = found.what else {
        panic!("{:?}", found.what);
    };
    assert_eq!(comment.body, "&b; &file;");
}

#[test]
fn user_ids_name_readers_where_that_is_asked_for() {
    let options = Options { user_ids: true };
    for (id, account) in [("4", "4"), ("0", ""), ("", "")] {
        let file = export(&comment(&[("wp:comment_user_id", id)]));
        let mut entries = Wxr::new(file.as_bytes(), options);
        let What::Comment(comment) = entries.next().expect("one").expect("readable").what else {
            panic!("a comment");
        };
        assert_eq!(comment.author.expect("an author").account_id, account);
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }

    /// Closer to an export: one with a stretch of it replaced.
    #[test]
    fn no_damage_breaks_the_reader(at in 0usize..1_500, length in 0usize..80, with in "[<>/&;!\\[\\]CDATA\"'= \\-a-z\u{0}\u{e4}]{0,40}") {
        let mut file = export(&comment(&[])).into_bytes();
        let start = at.min(file.len());
        let end = (start + length).min(file.len());
        file.splice(start..end, with.bytes());
        let read = read(&file);
        // One comment goes in: damage can hide it, not multiply it.
        prop_assert!(read.iter().filter(|entry| entry.is_ok()).count() <= 1);
    }
}
