// Hands in comments, and says what the reader should see.

import { Pause, sleep } from './pause.js';
import { Refusal } from './refusal.js';
import { stateName } from './states.js';

// The fields of the form, by the paths that violations name. Whatever else is wrong is not the reader's doing.
const FORM = {
  'author.display_name': 'name',
  'author.email': 'email',
  'author.website': 'website',
  body: 'comment',
};

const TOLD = {
  APPROVED: 'Your comment is published.',
  PENDING: 'Thank you. Your comment will be published once a moderator has read it.',
};
const NOT_PUBLISHED = 'Your comment was not published.';
const KEPT = 'Thank you. We have your comment, and will pass it on as soon as we can.';
const WRONG = 'Your comment could not be taken.';

function request(form) {
  return {
    site: form.site,
    comment_id: form.comment_id,
    parent_id: form.parent,
    thread: { thread_id: form.thread, url: form.url, title: form.title },
    author: { display_name: form.name, email: form.email, website: form.website, account_id: form.account },
    body: form.comment,
    transport: { ip_address: form.ip, user_agent: form.user_agent },
  };
}

/** Stores the form, sends it until it has an answer or `patience` seconds are over, and answers with what to show. */
export async function handIn(desk, state, form, patience) {
  state.keep(form);
  const answer = await send(desk, form, patience);
  if (answer.result !== 'kept') state.forget(form);
  return { comment_id: form.comment_id, ...answer };
}

async function send(desk, form, patience) {
  const until = performance.now() + patience * 1000;
  const pause = new Pause();
  for (;;) {
    let refusal;
    try {
      // gRPC itself repeats what was UNAVAILABLE for a moment: see the service config.
      return taken(await desk.call('SubmitComment', request(form)));
    } catch (error) {
      refusal = new Refusal(error);
    }
    if (!refusal.isOutage && !refusal.isLimit) return refused(refusal);
    const wait = refusal.isLimit ? refusal.retryAfter : pause.next(refusal.retryAfter);
    if (performance.now() + wait * 1000 > until) return refusal.isLimit ? limited(refusal) : kept(refusal);
    console.error(`blog: ${refusal}; the same again in ${wait.toFixed(1)} s`);
    await sleep(wait);
  }
}

function taken(response) {
  // The state, not the outcome: after a late repetition a moderator may have decided already.
  const state = stateName(response.state);
  const { version, replayed } = response;
  return { result: 'taken', state, version, replayed, message: TOLD[state] ?? NOT_PUBLISHED };
}

function limited(refusal) {
  const seconds = Math.round(refusal.retryAfter * 10) / 10;
  const message = `That was fast. Please send your comment again in ${Math.max(1, Math.round(seconds))} seconds.`;
  return { result: 'limited', limit: refusal.limit ?? 'replica', retry_after_s: seconds, message };
}

function kept(refusal) {
  console.error(`blog: ${refusal}; kept`);
  return { result: 'kept', code: refusal.codeName, reason: refusal.reason, message: KEPT };
}

function refused(refusal) {
  const { codeName: code, reason, metadata } = refusal;
  if (code === 'INVALID_ARGUMENT') return invalid(refusal);
  if (code === 'ALREADY_EXISTS' && reason === 'DUPLICATE_COMMENT') {
    return { result: 'duplicate', first: metadata.comment_id ?? '', message: 'You have said this here already.' };
  }
  if (code === 'FAILED_PRECONDITION' && reason === 'THREAD_CLOSED') {
    return { result: 'closed', closed_by: metadata.closed_by ?? '', message: 'This article takes no more comments.' };
  }
  // A key that expired, a site that is misspelt: ours to mend, and then `resend`.
  if (refusal.isDefect) return kept(refusal);
  console.error(`blog: ${refusal}`);
  return { result: 'refused', code, reason, message: WRONG };
}

function invalid({ violations }) {
  const ofForm = violations.filter(([field]) => field in FORM);
  const form = Object.fromEntries(ofForm.map(([field, why]) => [FORM[field], why]));
  const defects = Object.fromEntries(violations.filter(([field]) => !(field in FORM)));
  for (const [field, why] of Object.entries(defects)) console.error(`blog: ${field} ${why}: a defect of this blog`);
  const message = Object.keys(form).length > 0 ? 'Please look at the fields that are marked.' : WRONG;
  return { result: 'invalid', form, defects, message };
}
