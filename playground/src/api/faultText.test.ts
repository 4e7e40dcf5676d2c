import { CombinedError } from '@urql/core';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { faultOf, faultOfJson, faultOfResult } from './fault';
import { faultText } from './faultText';

const NOW = new Date('2026-03-01T12:00:00Z');

describe('faults', () => {
  it('reads code and details from a GraphQL error', () => {
    const error = new CombinedError({
      graphQLErrors: [
        new GraphQLError('Not enough quota', {
          extensions: { code: 'QUOTA_EXCEEDED', errorCode: 1003, required: 20, balance: 5 },
        }),
      ],
    });
    expect(faultOfResult(error)).toMatchObject({ code: 'QUOTA_EXCEEDED', required: 20, balance: 5 });
  });

  it('names a failed connection', () => {
    const error = new CombinedError({ networkError: new TypeError('Failed to fetch') });
    expect(faultOfResult(error).code).toBe('NETWORK');
  });

  it('tells a refused token from a failed connection', () => {
    const error = new CombinedError({
      networkError: new Error('Unauthorized'),
      response: new Response(null, { status: 401 }),
    });
    expect(faultOfResult(error).code).toBe('UNAUTHENTICATED');
  });

  it('ignores details of the wrong type', () => {
    const fault = faultOf('no', { code: 7, field: 3, required: 'many', resetAt: null });
    expect(fault).toEqual({ code: 'INTERNAL', message: 'no' });
  });

  it('reads the JSON of the other endpoints, and survives an answer that is not one', () => {
    expect(faultOfJson(400, { code: 'BAD_INPUT', errorCode: 4001, message: 'not a picture' })).toMatchObject({
      code: 'BAD_INPUT',
      message: 'not a picture',
    });
    expect(faultOfJson(502, null)).toEqual({ code: 'INTERNAL', message: 'The server answered 502.' });
    expect(faultOfJson(401, 'no').code).toBe('UNAUTHENTICATED');
  });
});

describe('fault texts', () => {
  const detail = (code: string, more: object, message = 'm') =>
    faultText({ code, message, ...more }, NOW).detail;

  it('says how much quota is missing', () => {
    expect(detail('QUOTA_EXCEEDED', { required: 20, balance: 5 })).toBe(
      'This costs 20 and you have 5: 15 more needed.',
    );
  });

  it('falls back to the message without the numbers', () => {
    expect(detail('QUOTA_EXCEEDED', {}, 'too little')).toBe('Too little.');
  });

  it('says how long a rate limit lasts', () => {
    expect(detail('RATE_LIMITED', { resetAt: '2026-03-01T12:00:01Z' })).toContain('in 1 second,');
    expect(detail('RATE_LIMITED', { resetAt: '2026-03-01T12:00:25.2Z' })).toContain('in 26 seconds,');
    expect(detail('RATE_LIMITED', { resetAt: '2026-03-01T12:10:00Z' })).toContain('in 10 minutes,');
    expect(detail('RATE_LIMITED', { resetAt: '2026-03-01T11:00:00Z' })).toBe('You can try again now.');
    expect(detail('RATE_LIMITED', { resetAt: 'soon' }, 'slow down')).toBe('Slow down.');
  });

  it('names the field that is wrong in words', () => {
    const fault = { code: 'BAD_INPUT', message: 'at most 50 images', field: 'inputImages' };
    expect(faultText(fault, NOW)).toEqual({ title: 'Pictures: please check', detail: 'At most 50 images.' });
    expect(faultText({ ...fault, field: 'input.featureId' }, NOW).title).toBe('Feature: please check');
    expect(faultText({ ...fault, field: 'brightness' }, NOW).title).toBe('brightness: please check');
  });

  it('gives the request id of an internal error and nothing else', () => {
    expect(detail('INTERNAL', { requestId: 'r-1' }, 'secret')).toBe('Its log knows more under request r-1.');
  });

  it.each(['FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'LOCKED', 'TOO_COMPLEX', 'SOMETHING_NEW'])(
    'keeps the message of %s',
    (code) => {
      expect(detail(code, {}, 'because of this')).toBe('Because of this.');
    },
  );
});
