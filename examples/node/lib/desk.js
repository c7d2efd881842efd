// The connection to ReplyDesk: one channel, with service config, key, TLS and deadlines.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const OPTIONS = {
  // A dead connection is noticed within 30 s, an idle one too: a follower mostly waits.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  // A service that restarts is back within seconds; gRPC's own pauses grow to two minutes.
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
  // A page of 200 comments of the greatest size fits.
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
};

/** What the environment says cannot be used; the message tells why. */
export class Unusable extends Error {}

/** CommentService as the environment names it: see examples/README.md for the variables. */
export class Desk {
  #client;
  #metadata = new grpc.Metadata();

  constructor() {
    const config = process.env.BLOG_SERVICE_CONFIG || join(REPOSITORY, 'docs/service-config.json');
    const options = { ...OPTIONS, 'grpc.service_config': read(config).toString() };
    const [target, credentials] = reach(process.env.REPLYDESK_ADDRESS || 'http://127.0.0.1:50051');
    this.#metadata.set('authorization', `Bearer ${accessKey()}`);
    this.#client = new (commentService())(target, credentials, options);
  }

  /** Calls a method that answers once, by its name. Its deadline and its retries are the service config's. */
  call(method, request) {
    return new Promise((resolve, reject) => {
      this.#client[method](request, this.#metadata, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  /** Opens a stream. */
  stream(method, request) {
    return this.#client[method](request, this.#metadata);
  }

  close() {
    this.#client.close();
  }
}

function commentService() {
  // Field names as in the protos; 64-bit numbers as numbers; an unknown enum value stays a number.
  const includeDirs = [join(REPOSITORY, 'proto')];
  const reading = { includeDirs, keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true };
  const definition = protoLoader.loadSync('replydesk/v1/comment.proto', reading);
  return grpc.loadPackageDefinition(definition).replydesk.v1.CommentService;
}

function reach(address) {
  const [, scheme, rest] = /^(\w+):\/\/(.+?)\/?$/.exec(address) ?? [];
  switch (scheme) {
    case 'unix':
      return [`unix:${rest}`, grpc.credentials.createInsecure()];
    // dns:/// finds every replica behind a headless service, and the service config takes them in turn.
    case 'http':
      return [`dns:///${rest}`, grpc.credentials.createInsecure()];
    case 'https':
      return [`dns:///${rest}`, tls()];
    default:
      throw new Unusable('REPLYDESK_ADDRESS looks like https://desk.example:50051 or http://127.0.0.1:50051');
  }
}

function tls() {
  const files = ['REPLYDESK_CA', 'REPLYDESK_CERTIFICATE_KEY', 'REPLYDESK_CERTIFICATE'];
  return grpc.credentials.createSsl(...files.map((name) => (process.env[name] ? read(process.env[name]) : null)));
}

function accessKey() {
  const { REPLYDESK_KEY: key, REPLYDESK_KEY_FILE: file } = process.env;
  if (key) return key.trim();
  if (!file) {
    throw new Unusable("REPLYDESK_KEY_FILE names a file with a submitter's key: `replydesk key create` makes one");
  }
  return read(file).toString().trim();
}

function read(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Unusable(`cannot read ${path}: ${error.code}`);
  }
}
