import { describe, expect, it } from 'vitest';
import { pathOf, pictureAccess } from './pictureAccess';

describe('how a picture is loaded', () => {
  it.each([
    ['/files/1?signature=x', 'signed'],
    ['http://127.0.0.1:8080/files/1?signature=x', 'signed'],
    ['/files/1', 'owned'],
    ['http://127.0.0.1:8080/files/1', 'owned'],
    ['http://127.0.0.1:9999/files/1?signature=x', 'outside'],
    ['https://example.org/files/1', 'outside'],
    ['//example.org/files/1', 'outside'],
    ['/elsewhere/1', 'outside'],
    ['http://[', 'outside'],
  ])('%s is %s', (url, access) => {
    expect(pictureAccess(url, 'http://127.0.0.1:8080')).toBe(access);
  });

  it('knows a picture by its path', () => {
    expect(pathOf('/files/1?signature=x')).toBe(pathOf('/files/1?signature=y'));
  });
});
