// `node blog.js`: the blog's command line. examples/README.md tells what it prints and how it ends.

import { parseArgs } from 'node:util';

import { Desk, Unusable } from './lib/desk.js';
import { Follower } from './lib/follow.js';
import { freshId } from './lib/id.js';
import { Refusal } from './lib/refusal.js';
import { State } from './lib/state.js';
import { handIn } from './lib/submit.js';

const USAGE = `\
usage: node blog.js [--state DIR] COMMAND

  submit --site S --thread T [--name N] [--email E] [--website URL] [--account A] [--parent UUID] [--url URL]
         [--title T] [--ip IP] [--user-agent UA] [--id UUID] [--wait SECONDS] COMMENT
         hand in a comment, and print what the reader should see; --wait: for how many seconds to try (5)
  resend [--wait SECONDS]
         hand in again what has no answer yet; for how many seconds to try each (30)
  follow --site S [--until N]
         follow the feed, and print each change; stop once N are stored, earlier runs' among them
  show --thread T
         print a thread's comments as HTML`;

const EXITS = { taken: 0, invalid: 2, limited: 75, kept: 75 };
const FORM = ['site', 'thread', 'parent', 'url', 'title', 'name', 'email', 'website', 'account', 'ip', 'user-agent'];

const COMMANDS = {
  submit: { flags: [...FORM, 'id', 'wait'], needs: ['site', 'thread'], run: submit },
  resend: { flags: ['wait'], needs: [], run: resend },
  follow: { flags: ['site', 'until'], needs: ['site'], run: follow },
  show: { flags: ['thread'], needs: ['thread'], run: show },
};

async function submit(flags, state, [comment]) {
  if (comment === undefined) throw new Unusable(USAGE);
  const form = { comment_id: flags.id ?? freshId(), comment };
  for (const field of FORM) form[field.replace('-', '_')] = flags[field] ?? '';
  const answer = await withDesk((desk) => handIn(desk, state, form, number(flags.wait ?? 5)));
  console.log(JSON.stringify(answer));
  return EXITS[answer.result] ?? 1;
}

async function resend(flags, state) {
  let code = 0;
  await withDesk(async (desk) => {
    for (const form of state.unanswered()) {
      const answer = await handIn(desk, state, form, number(flags.wait ?? 30));
      console.log(JSON.stringify(answer));
      code = Math.max(code, EXITS[answer.result] ?? 1);
    }
  });
  return code;
}

async function follow(flags, state) {
  // State is stored in whole steps, so stopping is safe at any moment.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
  const until = flags.until === undefined ? Infinity : number(flags.until);
  await withDesk((desk) => new Follower(desk, state, flags.site, until).run());
  return 0;
}

async function show(flags, state) {
  for (const [id, { name, body }] of state.approved(flags.thread)) {
    // Bodies are plain text: whatever a reader typed stays text.
    console.log(`<article id="${escape(id)}"><h4>${escape(name)}</h4><p>${escape(body)}</p></article>`);
  }
  return 0;
}

async function withDesk(use) {
  const desk = new Desk();
  try {
    return await use(desk);
  } finally {
    desk.close();
  }
}

function escape(text = '') {
  const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' };
  return text.replace(/[&<>"']/g, (sign) => signs[sign]);
}

function number(text) {
  const value = Number(text);
  if (!(value >= 0)) throw new Unusable(`${text} is no number`);
  return value;
}

function parsed() {
  const names = new Set(['state', ...Object.values(COMMANDS).flatMap(({ flags }) => flags)]);
  const options = Object.fromEntries([...names].map((name) => [name, { type: 'string' }]));
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [name, ...rest] = positionals;
    const command = COMMANDS[name];
    const isKnown = command && Object.keys(values).every((flag) => flag === 'state' || command.flags.includes(flag));
    if (isKnown && command.needs.every((flag) => values[flag] !== undefined)) return { command, values, rest };
  } catch (error) {
    console.error(`blog: ${error.message}`);
  }
  throw new Unusable(USAGE);
}

async function main() {
  const { command, values, rest } = parsed();
  const state = new State(values.state ?? process.env.BLOG_STATE ?? 'blog-state');
  return command.run(values, state, rest);
}

// Ended by hand: a connection that is being made when its client is closed would keep the process.
try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Unusable ? error.message : `blog: ${new Refusal(error)}`);
  process.exit(error instanceof Unusable ? 2 : 1);
}
