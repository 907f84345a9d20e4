import { describe, expect, it } from 'vitest';
import { redactor } from '../../lib/observe/redact.js';

describe('secrets in a URL', () => {
  it.each([
    ['/a?b=1', '/a?b=1'],
    ['/a', '/a'],
    ['/a?', '/a?'],
    ['/a?token=x&b=1&TOKEN=y', '/a?token=REDACTED&b=1&TOKEN=REDACTED'],
    ['/a?%74oken=x', '/a?%74oken=REDACTED'],
    ['/a?%zz=x&code=1', '/a?%zz=x&code=REDACTED'],
    ['/a?token', '/a?token'],
    ['/a?token&b=1&&x&sig=2&', '/a?token&b=1&&x&sig=REDACTED&'],
    ['/a?=1&sig=&b', '/a?=1&sig=REDACTED&b'],
    ['/a?token=a=b?c', '/a?token=REDACTED'],
    ['/token=x', '/token=x'],
    ['https://user:word@shop.example/a?sig=1', 'https://REDACTED@shop.example/a?sig=REDACTED'],
    ['/users/@me', '/users/@me'],
    ['/a?user[password]=x&token[]=y&b[c]=1', '/a?user[password]=REDACTED&token[]=REDACTED&b[c]=1'],
    ['/a?X-Amz-Signature=x&X-Amz-Expires=60', '/a?X-Amz-Signature=REDACTED&X-Amz-Expires=60'],
  ])('%s becomes %s', (url, hidden) => {
    expect(redactor(undefined)(url)).toBe(hidden);
  });

  it('all, none, or those that are named', () => {
    expect(redactor(true)('/?a=1&token=2&c')).toBe('/?a=REDACTED&token=REDACTED&c');
    expect(redactor(false)('/?token=2')).toBe('/?token=2');
    expect(redactor(['A'])('/?a=1&token=2')).toBe('/?a=REDACTED&token=2');
  });
});
