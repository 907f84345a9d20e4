import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorCodes, FairleadError } from '../../lib/core/errors.js';

/** Status, blame and name in Proxy-Status of each code, as in the contract. A code without a line here does not compile. */
const TABLE: Record<ErrorCode, readonly [status: number, blame: string, proxyStatus: string]> = {
  FAIRLEAD_OPTIONS: [500, 'proxy', 'proxy_configuration_error'],
  FAIRLEAD_NO_BACKEND: [503, 'proxy', 'destination_unavailable'],
  FAIRLEAD_STICKY_LOST: [503, 'proxy', 'destination_unavailable'],
  FAIRLEAD_QUEUE_FULL: [503, 'proxy', 'destination_unavailable'],
  FAIRLEAD_QUEUE_TIMEOUT: [503, 'proxy', 'destination_unavailable'],
  FAIRLEAD_RATE_LIMITED: [429, 'client', 'http_request_denied'],
  FAIRLEAD_CLOSING: [503, 'proxy', 'destination_unavailable'],
  FAIRLEAD_CONNECT: [502, 'backend', 'connection_refused'],
  FAIRLEAD_TLS: [502, 'backend', 'tls_protocol_error'],
  FAIRLEAD_CONNECT_TIMEOUT: [504, 'backend', 'connection_timeout'],
  FAIRLEAD_HEADERS_TIMEOUT: [504, 'backend', 'http_response_timeout'],
  FAIRLEAD_IDLE_TIMEOUT: [504, 'backend', 'connection_read_timeout'],
  FAIRLEAD_TOTAL_TIMEOUT: [504, 'backend', 'http_response_timeout'],
  FAIRLEAD_BACKEND_RESET: [502, 'backend', 'connection_terminated'],
  FAIRLEAD_BACKEND_PROTOCOL: [502, 'backend', 'http_protocol_error'],
  FAIRLEAD_RESPONSE_BODY: [502, 'backend', 'http_response_incomplete'],
  FAIRLEAD_BAD_REQUEST: [400, 'client', 'http_request_error'],
  FAIRLEAD_REQUEST_BODY: [400, 'client', 'http_request_error'],
  FAIRLEAD_BODY_CONSUMED: [500, 'proxy', 'proxy_internal_error'],
  FAIRLEAD_CLIENT_ABORT: [499, 'client', 'http_request_error'],
  FAIRLEAD_ENGINE: [500, 'proxy', 'proxy_internal_error'],
};

/** The error types of RFC 9209, 2.3, that there are. */
const PROXY_STATUS = new Set([
  'dns_timeout',
  'dns_error',
  'destination_not_found',
  'destination_unavailable',
  'destination_ip_prohibited',
  'destination_ip_unroutable',
  'connection_refused',
  'connection_terminated',
  'connection_timeout',
  'connection_read_timeout',
  'connection_write_timeout',
  'connection_limit_reached',
  'tls_protocol_error',
  'tls_certificate_error',
  'tls_alert_received',
  'http_request_error',
  'http_request_denied',
  'http_response_incomplete',
  'http_response_header_section_size',
  'http_response_header_size',
  'http_response_body_size',
  'http_response_trailer_section_size',
  'http_response_trailer_size',
  'http_response_transfer_coding',
  'http_response_content_coding',
  'http_response_timeout',
  'http_upgrade_failed',
  'http_protocol_error',
  'proxy_internal_response',
  'proxy_internal_error',
  'proxy_configuration_error',
  'proxy_loop_detected',
]);

describe('codes', () => {
  it('are those of the table', () => {
    expect([...errorCodes].sort()).toEqual(Object.keys(TABLE).sort());
  });

  it.each(Object.entries(TABLE) as [ErrorCode, (typeof TABLE)[ErrorCode]][])('%s: %j', (code, expected) => {
    const { status, blame, proxyStatus } = new FairleadError(code, 'backend b1 at http://10.0.0.1:3000 said no');
    expect([status, blame, proxyStatus]).toEqual(expected);
  });

  it.each(errorCodes)('%s: has a name in Proxy-Status that RFC 9209 knows', (code) => {
    expect(PROXY_STATUS).toContain(new FairleadError(code, '').proxyStatus);
  });

  it.each(errorCodes)('%s: the sentence for clients is one, and names nothing inside', (code) => {
    const { summary } = new FairleadError(code, 'backend b1 at http://10.0.0.1:3000 said no');
    expect(summary).toMatch(/^(The|No) [a-z ]+\.$/);
    expect(summary).not.toContain('10.0.0.1');
  });
});

describe('FairleadError', () => {
  it('is an Error with name, code and message', () => {
    const error = new FairleadError('FAIRLEAD_CONNECT', 'refused');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'FairleadError', code: 'FAIRLEAD_CONNECT', message: 'refused', problems: [] });
  });

  it('keeps its cause', () => {
    const cause = new Error('ECONNREFUSED');
    expect(new FairleadError('FAIRLEAD_CONNECT', 'refused', { cause }).cause).toBe(cause);
  });

  it.each([null, 0, '', false])('keeps %j as a cause: anything can be thrown', (cause) => {
    expect(new FairleadError('FAIRLEAD_ENGINE', 'threw', { cause }).cause).toBe(cause);
  });

  it('has no cause when none is given', () => {
    expect('cause' in new FairleadError('FAIRLEAD_CONNECT', 'refused')).toBe(false);
  });

  it('carries the problems of bad options', () => {
    const problems = [{ path: 'retry', value: 1, rule: 'false' }];
    expect(new FairleadError('FAIRLEAD_OPTIONS', 'bad', { problems }).problems).toBe(problems);
  });
});
