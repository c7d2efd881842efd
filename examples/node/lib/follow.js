// Follows the feed of a site, each change once, across restarts on both sides.

import { Pause, sleep } from './pause.js';
import { Refusal } from './refusal.js';
import { ALL, stateName } from './states.js';

// A sign of life comes at least every 15 s; a stream that is silent for this long is dead.
const SILENCE_MS = 60_000;

export class Follower {
  #desk;
  #state;
  #site;
  #until;
  #pause = new Pause();

  constructor(desk, state, site, until = Infinity) {
    this.#desk = desk;
    this.#state = state;
    this.#site = site;
    this.#until = until;
  }

  /** Resolves once `until` changes are stored. Rejects with what connecting again does not cure. */
  async run() {
    while (!this.#isDone) {
      const [wait, why] = await this.#watchUntilLost();
      if (this.#isDone) return;
      console.error(`blog: ${why}; again in ${wait.toFixed(1)} s, after ${JSON.stringify(this.#state.cursor)}`);
      await sleep(wait);
    }
  }

  get #isDone() {
    return this.#state.taken >= this.#until;
  }

  /** How long to wait after a stream, and why it ended. */
  async #watchUntilLost() {
    try {
      await this.#watch();
      return [this.#pause.next(), 'the stream ended'];
    } catch (error) {
      const refusal = new Refusal(error);
      if (refusal.codeName === 'OUT_OF_RANGE') return this.#reconcileIfPossible(refusal);
      if (!refusal.isOutage && refusal.codeName !== 'RESOURCE_EXHAUSTED') throw error;
      return [this.#pause.next(refusal.retryAfter), String(refusal)];
    }
  }

  async #watch() {
    const stream = this.#desk.stream('WatchEvents', { site: this.#site, cursor: this.#state.cursor });
    const alarm = setTimeout(() => stream.cancel(), SILENCE_MS);
    try {
      // One message at a time: the next is read when this one is stored, and flow control tells the service.
      for await (const { event, heartbeat } of stream) {
        alarm.refresh();
        this.#pause.reset();
        if (event) await this.#take(event);
        else if (heartbeat?.cursor) this.#state.take(heartbeat.cursor, []);
        if (this.#isDone) return;
      }
    } finally {
      clearTimeout(alarm);
      // Whoever leaves early hears of that as an error.
      stream.on('error', () => {});
      stream.cancel();
    }
  }

  async #take(event) {
    const change = changed(event.comment_id, event.thread_id, event.state, event.version);
    if (change.state === 'APPROVED') Object.assign(change, await this.#text(event));
    if (this.#state.take(event.cursor, [change]) > 0) {
      tell({ taken: this.#state.taken, comment_id: event.comment_id, state: change.state, version: event.version });
    }
  }

  /** What is shown: read when a comment is shown, and again when its author or a moderator has changed it. */
  async #text(event) {
    const known = this.#state.comment(event.comment_id);
    if (known?.body !== undefined && !['revised', 'redacted'].includes(event.cause)) {
      return { name: known.name, body: known.body };
    }
    try {
      const { comment } = await this.#desk.call('GetComment', { site: this.#site, comment_id: event.comment_id });
      return { name: comment.author?.display_name ?? '', body: comment.body };
    } catch (error) {
      if (new Refusal(error).codeName === 'NOT_FOUND') return {};
      throw error;
    }
  }

  /** The feed does not reach back to the cursor: reads all comments, then goes on from the feed's head. */
  async #reconcileIfPossible(refusal) {
    const changes = [];
    try {
      let token = '';
      do {
        const request = { site: this.#site, states: ALL, page_size: 200, page_token: token };
        const page = await this.#desk.call('ListComments', request);
        changes.push(...page.comments.map(listed));
        token = page.next_page_token;
      } while (token);
    } catch (error) {
      const listing = new Refusal(error);
      if (!listing.isOutage) throw error;
      return [this.#pause.next(listing.retryAfter), String(listing)];
    }
    const reconciled = this.#state.take(refusal.metadata.head_cursor, changes);
    tell({ taken: this.#state.taken, reconciled });
    return [0, refusal.reason];
  }
}

function changed(commentId, threadId, state, version) {
  return { comment_id: commentId, thread_id: threadId, state: stateName(state), version };
}

function listed(comment) {
  const change = changed(comment.comment_id, comment.thread?.thread_id ?? '', comment.state, comment.version);
  if (change.state !== 'APPROVED') return change;
  return { ...change, name: comment.author?.display_name ?? '', body: comment.body };
}

function tell(line) {
  console.log(JSON.stringify(line));
}
