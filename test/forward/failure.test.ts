import { describe, expect, it } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { engineFailure, failure, notPassable, ProtocolError } from '../../lib/forward/failure.js';
import { one } from '../core/fakes.js';

const coded = (code: string): Error => Object.assign(new Error(`a ${code}`), { code });

describe('failure', () => {
  it.each([
    ['ECONNREFUSED', 'connecting', 'FAIRLEAD_CONNECT'],
    ['ENOTFOUND', 'connecting', 'FAIRLEAD_CONNECT'],
    ['ECONNRESET', 'connecting', 'FAIRLEAD_CONNECT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'connecting', 'FAIRLEAD_TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'connecting', 'FAIRLEAD_TLS'],
    ['EPROTO', 'connecting', 'FAIRLEAD_TLS'],
    ['CERT_HAS_EXPIRED', 'connecting', 'FAIRLEAD_TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connecting', 'FAIRLEAD_TLS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'connecting', 'FAIRLEAD_TLS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'connecting', 'FAIRLEAD_TLS'],
    ['UNABLE_TO_GET_ISSUER_CERT', 'connecting', 'FAIRLEAD_TLS'],
    ['CRL_HAS_EXPIRED', 'connecting', 'FAIRLEAD_TLS'],
    ['HOSTNAME_MISMATCH', 'connecting', 'FAIRLEAD_TLS'],
    ['INVALID_PURPOSE', 'connecting', 'FAIRLEAD_TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'waiting', 'FAIRLEAD_BACKEND_RESET'],
    // Nothing was sent, whatever the code says.
    ['HPE_INVALID_CONSTANT', 'connecting', 'FAIRLEAD_CONNECT'],
    ['ECONNRESET', 'waiting', 'FAIRLEAD_BACKEND_RESET'],
    ['EPIPE', 'waiting', 'FAIRLEAD_BACKEND_RESET'],
    ['HPE_INVALID_CONSTANT', 'waiting', 'FAIRLEAD_BACKEND_PROTOCOL'],
    ['HPE_HEADER_OVERFLOW', 'waiting', 'FAIRLEAD_BACKEND_PROTOCOL'],
    ['ERR_HTTP_INVALID_STATUS_CODE', 'waiting', 'FAIRLEAD_BACKEND_PROTOCOL'],
    ['ERR_INVALID_CHAR', 'waiting', 'FAIRLEAD_BACKEND_PROTOCOL'],
    ['ECONNRESET', 'answering', 'FAIRLEAD_RESPONSE_BODY'],
    ['HPE_INVALID_CHUNK_SIZE', 'answering', 'FAIRLEAD_BACKEND_PROTOCOL'],
  ] as const)('%s while %s is %s', (code, phase, expected) => {
    const cause = coded(code);
    expect(failure(cause, phase, one())).toMatchObject({ code: expected, blame: 'backend', cause });
  });

  it.each([
    ['connecting', 'FAIRLEAD_CONNECT'],
    ['waiting', 'FAIRLEAD_BACKEND_RESET'],
    ['answering', 'FAIRLEAD_RESPONSE_BODY'],
  ] as const)('without a code, while %s, is %s', (phase, expected) => {
    expect(failure(new Error('broken'), phase, one()).code).toBe(expected);
    expect(failure(Object.assign(new Error('broken'), { code: 7 }), phase, one()).code).toBe(expected);
  });

  it('of our own making, about what came back, is a broken protocol', () => {
    expect(failure(new ProtocolError('odd'), 'waiting', one()).code).toBe('FAIRLEAD_BACKEND_PROTOCOL');
  });

  it('tells operators which backend and why', () => {
    const { message } = failure(new Error('socket hang up'), 'waiting', one());
    expect(message).toMatch(/^backend [0-9a-f]{12} \(http:\/\/10\.0\.0\.1:3000\): socket hang up$/);
  });

  it('leaves an error of ours as it is', () => {
    const error = new FairleadError('FAIRLEAD_BODY_CONSUMED', 'read');
    expect(failure(error, 'waiting', one())).toBe(error);
  });
});

it.each([new Error('odd'), 'odd', undefined, null])(
  'an answer Node will not pass on (%s) is the backend’s fault',
  (cause) => {
    expect(notPassable(cause, one())).toMatchObject({ code: 'FAIRLEAD_BACKEND_PROTOCOL', blame: 'backend' });
  },
);

it.each([new Error('odd'), 'odd', undefined, null])('an engine that throws (%s) is ours', (cause) => {
  expect(engineFailure(cause)).toMatchObject({ code: 'FAIRLEAD_ENGINE', blame: 'proxy' });
});
