//! The blog's own records: what was handed in and has no answer yet, what the feed told, and how far it was read.
//!
//! A real blog has a database. What matters is the same there: the comment's id is stored before the first attempt, and an
//! event and its cursor are stored in one step.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The form, as the reader filled it in, and how it arrived.
// No `Debug`: it holds addresses.
#[derive(Default, Serialize, Deserialize, clap::Args)]
#[serde(default)]
pub struct Form {
    #[arg(skip)]
    pub comment_id: String,
    #[arg(long)]
    pub site: String,
    #[arg(long)]
    pub thread: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub parent: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub url: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub title: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub name: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub email: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub website: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub account: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub ip: String,
    #[arg(long, default_value = "", hide_default_value = true)]
    pub user_agent: String,
    /// The comment's text.
    pub comment: String,
}

impl Form {
    pub fn named(self, comment_id: String) -> Self {
        Self { comment_id, ..self }
    }
}

/// What is known of a comment. The text is there while it is shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Comment {
    pub thread_id: String,
    pub state: String,
    pub version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Blog {
    cursor: String,
    taken: u64,
    comments: BTreeMap<String, Comment>,
}

pub struct State {
    outbox: PathBuf,
    file: PathBuf,
    blog: Blog,
}

impl State {
    pub fn open(directory: &Path) -> io::Result<Self> {
        let outbox = directory.join("outbox");
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&outbox)?;
        let file = directory.join("blog.json");
        let blog = if file.exists() {
            read(&file)?
        } else {
            Blog::default()
        };
        Ok(Self { outbox, file, blog })
    }

    /// Into the outbox, for forms that have no answer yet. They hold addresses, so nobody else reads them, and they don't
    /// stay.
    pub fn keep(&self, form: &Form) -> io::Result<()> {
        write(&self.outbox.join(format!("{}.json", form.comment_id)), form)
    }

    pub fn forget(&self, form: &Form) -> io::Result<()> {
        match fs::remove_file(self.outbox.join(format!("{}.json", form.comment_id))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Err(_) | Ok(()) => Ok(()),
        }
    }

    /// The oldest first: ids of version 7 begin with the time.
    pub fn unanswered(&self) -> io::Result<Vec<Form>> {
        let entries = fs::read_dir(&self.outbox)?;
        let mut files = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|end| end == "json"));
        files.sort();
        files.iter().map(|file| read(file)).collect()
    }

    /// The place in the feed after the last event that was taken in.
    pub fn cursor(&self) -> &str {
        &self.blog.cursor
    }

    /// How many changes were taken in, in all runs.
    pub fn taken(&self) -> u64 {
        self.blog.taken
    }

    pub fn comment(&self, id: &str) -> Option<&Comment> {
        self.blog.comments.get(id)
    }

    /// Takes in what is newer than what is here, with the cursor after it, in one step. Answers how many were.
    pub fn take(&mut self, cursor: &str, changes: Vec<(String, Comment)>) -> io::Result<u64> {
        let mut newer = 0;
        for (id, change) in changes {
            if self
                .comment(&id)
                .is_none_or(|known| change.version > known.version)
            {
                self.blog.comments.insert(id, change);
                newer += 1;
            }
        }
        self.blog.taken += newer;
        if newer > 0 || cursor != self.blog.cursor {
            cursor.clone_into(&mut self.blog.cursor);
            write(&self.file, &self.blog)?;
        }
        Ok(newer)
    }

    pub fn approved(&self, thread: &str) -> impl Iterator<Item = (&String, &Comment)> {
        let comments = self.blog.comments.iter();
        comments
            .filter(move |(_, comment)| comment.thread_id == thread && comment.state == "APPROVED")
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Whoever reads the file, also after a crash, finds the old or the new content, never a part.
fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    path.parent()
        .map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}
