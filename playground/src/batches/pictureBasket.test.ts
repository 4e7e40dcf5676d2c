import { describe, expect, it } from 'vitest';
import type { UploadOutcome } from '../api/fileUpload';
import { PictureBasket, type UploadSource } from './pictureBasket';
import { nameOfUrl, parseUrls } from './pictureUrls';

const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

/** A basket whose uploads end when the test says so. */
function bench() {
  const uploads: { name: string; end: (outcome: UploadOutcome) => void }[] = [];
  const basket = new PictureBasket(
    (_file, name) => new Promise((resolve) => uploads.push({ name, end: resolve })),
  );
  const source = (name: string): UploadSource => ({
    name,
    preview: null,
    read: () => Promise.resolve(new Blob([name])),
  });
  const states = () => basket.snapshot().map(({ state }) => state);
  return { basket, uploads, source, states };
}

const stored = (name: string): UploadOutcome => ({
  file: { id: name, url: `/files/${name}`, contentType: 'image/jpeg', size: 1 },
});

describe('the pictures of a new batch', () => {
  it('are uploaded three at a time, in order', async () => {
    const { basket, uploads, source, states } = bench();
    basket.addUploads(['a', 'b', 'c', 'd', 'e'].map(source));
    await settled();
    expect(uploads.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    uploads[1]?.end(stored('b'));
    await settled();
    expect(uploads.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(states()).toEqual(['uploading', 'ready', 'uploading', 'uploading', 'waiting']);
    expect(basket.snapshot()[1]?.url).toBe('/files/b');
  });

  it('release a preview when they are taken out, once', async () => {
    const { basket, uploads, source } = bench();
    const released: string[] = [];
    const withPreview = (name: string) => ({
      ...source(name),
      preview: `blob:${name}`,
      release: () => released.push(name),
    });
    basket.addUploads(['a', 'b', 'c'].map(withPreview));
    await settled();
    uploads[0]?.end(stored('a'));
    await settled();
    expect(released).toEqual([]);
    basket.remove(basket.snapshot()[1]?.key ?? -1);
    expect(released).toEqual(['b']);
    basket.clear();
    basket.clear();
    expect(released).toEqual(['b', 'a', 'c']);
  });

  it('say why one could not be uploaded, and try it again on request', async () => {
    const { basket, uploads, source, states } = bench();
    basket.addUploads([source('a')]);
    await settled();
    uploads[0]?.end({ fault: { code: 'BAD_INPUT', message: 'not a picture' } });
    await settled();
    expect(basket.snapshot()[0]).toMatchObject({ state: 'failed', fault: { message: 'not a picture' } });
    basket.retryFailed();
    await settled();
    uploads[1]?.end(stored('a'));
    await settled();
    expect(states()).toEqual(['ready']);
  });

  it('survive a file that cannot be read', async () => {
    const { basket, source, states } = bench();
    basket.addUploads([{ ...source('a'), read: () => Promise.reject(new Error('gone')) }]);
    await settled();
    expect(states()).toEqual(['failed']);
  });

  it('forget one that is removed while it is being uploaded', async () => {
    const { basket, uploads, source } = bench();
    basket.addUploads(['a', 'b'].map(source));
    await settled();
    basket.remove(basket.snapshot()[0]?.key ?? 0);
    uploads[0]?.end(stored('a'));
    await settled();
    expect(basket.snapshot().map(({ name }) => name)).toEqual(['b']);
  });

  it('take addresses as they are', () => {
    const { basket } = bench();
    basket.addUrls(['https://example.org/a/cat.jpg?size=2']);
    expect(basket.snapshot()[0]).toMatchObject({ name: 'cat.jpg', state: 'ready' });
    basket.clear();
    expect(basket.snapshot()).toEqual([]);
  });
});

describe('pasted addresses', () => {
  it('may be separated by lines, spaces and commas, and be quoted', () => {
    const text = ' https://a.example/1.jpg,\n<http://b.example/2.png>  "/files/x"; ftp://c.example/3 word';
    expect(parseUrls(text)).toEqual({
      urls: ['https://a.example/1.jpg', 'http://b.example/2.png', '/files/x'],
      rejected: ['ftp://c.example/3', 'word'],
    });
  });

  it('keep commas inside an address', () => {
    expect(parseUrls('https://a.example/w_100,h_100/1.jpg').urls).toEqual([
      'https://a.example/w_100,h_100/1.jpg',
    ]);
  });

  it.each([
    ['https://a.example/caf%C3%A9.jpg#x', 'café.jpg'],
    ['https://a.example/%E0%A4%A', '%E0%A4%A'],
    ['https://a.example/', 'a.example'],
  ])('%s is named %s', (url, name) => {
    expect(nameOfUrl(url)).toBe(name);
  });
});
