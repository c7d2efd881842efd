// How the protos' states are called here.

const PREFIX = 'COMMENT_STATE_';

/** As requests name them. ERASED is listed only when asked for, and tells what to delete. */
export const ALL = ['PENDING', 'APPROVED', 'REJECTED', 'SPAM', 'RETRACTED', 'ERASED'].map((state) => PREFIX + state);

/** Such as PENDING. A state that this blog does not know yet comes as a number: it is UNSPECIFIED, and not shown. */
export function stateName(state) {
  return ALL.includes(state) ? state.slice(PREFIX.length) : 'UNSPECIFIED';
}
