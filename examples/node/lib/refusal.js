// What a status means: its code, its stable reason, and the google.rpc details that tell what to do.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const Code = grpc.status;

// What passes by itself, or once somebody has mended it. A comment is kept for both; a follower goes on with the first.
const OUTAGES = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.UNKNOWN, Code.CANCELLED];
const DEFECTS = [Code.UNAUTHENTICATED, Code.PERMISSION_DENIED, Code.NOT_FOUND, Code.INTERNAL, Code.UNIMPLEMENTED];

const rpc = protoLoader.loadSync('details.proto', {
  includeDirs: [dirname(fileURLToPath(import.meta.url))],
  keepCase: true,
  longs: Number,
  defaults: true,
});

/** Match on `code` and `reason`; `message` is for the log. */
export class Refusal {
  reason = '';
  metadata = {};
  violations = [];
  limit = null;
  retryAfter = null;

  constructor(error) {
    // What is no answer of the service is a defect of this blog.
    if (!(error?.metadata instanceof grpc.Metadata)) throw error;
    this.code = error.code;
    this.message = error.details;
    const [bytes] = error.metadata.get('grpc-status-details-bin');
    for (const detail of bytes ? decode('Status', bytes).details : []) this.#take(detail);
  }

  // Other details may be added; they are passed over.
  #take({ type_url: url, value }) {
    const type = url.slice(url.lastIndexOf('/') + 1);
    switch (type) {
      case 'google.rpc.ErrorInfo': {
        const { reason, metadata } = decode('ErrorInfo', value);
        this.reason = reason;
        this.metadata = metadata;
        break;
      }
      case 'google.rpc.BadRequest':
        this.violations = decode('BadRequest', value).field_violations.map((v) => [v.field, v.description]);
        break;
      case 'google.rpc.RetryInfo': {
        const { seconds, nanos } = decode('RetryInfo', value).retry_delay;
        this.retryAfter = seconds + nanos / 1e9;
        break;
      }
      case 'google.rpc.QuotaFailure':
        this.limit = decode('QuotaFailure', value).violations[0]?.subject.replace(/^limit:/, '') ?? null;
        break;
    }
  }

  get codeName() {
    return Code[this.code];
  }

  get isOutage() {
    return OUTAGES.includes(this.code);
  }

  get isDefect() {
    return DEFECTS.includes(this.code);
  }

  /** Whether waiting helps. Without RetryInfo it does not: the message is too large, say. */
  get isLimit() {
    return this.code === Code.RESOURCE_EXHAUSTED && this.retryAfter !== null;
  }

  toString() {
    return `${this.codeName} ${this.reason}: ${this.message}`;
  }
}

function decode(name, bytes) {
  return rpc[`google.rpc.${name}`].deserialize(bytes);
}
