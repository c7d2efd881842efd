// How long to wait before the next attempt.

const FIRST = 0.2;
const LONGEST = 10;

/** Grows from 0.2 s to 10 s, with jitter, so that a thousand clients of a replica that went don't come back at once. */
export class Pause {
  #attempts = 0;

  /** The next wait in seconds, never sooner than the service asked for. */
  next(asked = 0) {
    const own = Math.min(LONGEST, FIRST * 2 ** this.#attempts) * (0.5 + Math.random() / 2);
    this.#attempts += 1;
    return Math.max(own, asked ?? 0);
  }

  reset() {
    this.#attempts = 0;
  }
}

export function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
