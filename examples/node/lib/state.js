// The blog's own records: what was handed in and has no answer yet, what the feed told, and how far it was read.
//
// A real blog has a database. What matters is the same there: the comment's id is stored before the first attempt, and an
// event and its cursor are stored in one step.

import * as fs from 'node:fs';
import { dirname, join } from 'node:path';

export class State {
  #outbox;
  #file;
  #blog = { cursor: '', taken: 0, comments: {} };

  constructor(directory) {
    this.#outbox = join(directory, 'outbox');
    this.#file = join(directory, 'blog.json');
    fs.mkdirSync(this.#outbox, { mode: 0o700, recursive: true });
    if (fs.existsSync(this.#file)) this.#blog = parse(this.#file);
  }

  // The outbox: forms that have no answer yet. They hold addresses, so nobody else reads them, and they don't stay.

  keep(form) {
    write(join(this.#outbox, `${form.comment_id}.json`), form);
  }

  forget(form) {
    fs.rmSync(join(this.#outbox, `${form.comment_id}.json`), { force: true });
  }

  /** The oldest first: ids of version 7 begin with the time. */
  unanswered() {
    const names = fs.readdirSync(this.#outbox).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => parse(join(this.#outbox, name)));
  }

  // The feed.

  get cursor() {
    return this.#blog.cursor;
  }

  /** How many changes were taken in, in all runs. */
  get taken() {
    return this.#blog.taken;
  }

  comment(id) {
    return this.#blog.comments[id];
  }

  /** Takes in what is newer than what is here, with the cursor after it, in one step. Answers how many were. */
  take(cursor, changes) {
    const newer = changes.filter(({ comment_id: id, version }) => version > (this.comment(id)?.version ?? 0));
    for (const { comment_id: id, ...change } of newer) this.#blog.comments[id] = change;
    this.#blog.taken += newer.length;
    if (newer.length > 0 || cursor !== this.cursor) {
      this.#blog.cursor = cursor;
      write(this.#file, this.#blog);
    }
    return newer.length;
  }

  approved(threadId) {
    const comments = Object.entries(this.#blog.comments).sort(([a], [b]) => (a < b ? -1 : 1));
    return comments.filter(([, { thread_id: thread, state }]) => thread === threadId && state === 'APPROVED');
  }
}

function parse(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** Whoever reads the file, also after a crash, finds the old or the new content, never a part. */
function write(path, value) {
  const fresh = path.replace(/\.json$/, '.new');
  synced(fs.openSync(fresh, 'w', 0o600), (file) => fs.writeFileSync(file, JSON.stringify(value, null, 1)));
  fs.renameSync(fresh, path);
  synced(fs.openSync(dirname(path), 'r'), () => {});
}

function synced(file, fill) {
  try {
    fill(file);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}
