import { t } from '@lingui/core/macro';
import type { Fault } from '../api/fault';
import type { UploadOutcome } from '../api/fileUpload';
import { nameOfUrl } from './pictureUrls';

/** A picture chosen for a new batch. */
export interface ChosenPicture {
  key: number;
  name: string;
  /** A local picture to show, for uploads. */
  preview: string | null;
  state: 'waiting' | 'uploading' | 'ready' | 'failed';
  /** What `createBatch` takes, once ready. */
  url: string | null;
  fault: Fault | null;
}

/** A picture that is to be uploaded; samples are fetched only when their turn comes. */
export interface UploadSource {
  name: string;
  preview: string | null;
  /** Called once the preview is shown no more. */
  release?: () => void;
  read: () => Promise<Blob>;
}

const UPLOADS_AT_ONCE = 3;

/** The pictures chosen for a new batch, in order; uploads run a few at a time, as soon as they are chosen. */
export class PictureBasket {
  readonly #upload: (file: Blob, name: string) => Promise<UploadOutcome>;
  readonly #listeners = new Set<() => void>();
  readonly #sources = new Map<number, UploadSource>();
  readonly #releases = new Map<number, () => void>();
  #pictures: readonly ChosenPicture[] = [];
  #keys = 0;
  #running = 0;

  constructor(upload: (file: Blob, name: string) => Promise<UploadOutcome>) {
    this.#upload = upload;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): readonly ChosenPicture[] => this.#pictures;

  readonly addUploads = (sources: readonly UploadSource[]): void => {
    const added = sources.map((source): ChosenPicture => {
      const key = ++this.#keys;
      this.#sources.set(key, source);
      if (source.release) this.#releases.set(key, source.release);
      return { key, name: source.name, preview: source.preview, state: 'waiting', url: null, fault: null };
    });
    this.#set([...this.#pictures, ...added]);
    this.#next();
  };

  readonly addUrls = (urls: readonly string[]): void => {
    const added = urls.map((url): ChosenPicture => {
      const key = ++this.#keys;
      return { key, name: nameOfUrl(url), preview: null, state: 'ready', url, fault: null };
    });
    this.#set([...this.#pictures, ...added]);
  };

  readonly remove = (key: number): void => {
    this.#sources.delete(key);
    this.#set(this.#pictures.filter((picture) => picture.key !== key));
    this.#release(key);
  };

  /** Takes everything out, and uploads nothing more of it. */
  readonly clear = (): void => {
    this.#sources.clear();
    this.#set([]);
    for (const key of [...this.#releases.keys()]) this.#release(key);
  };

  #release(key: number): void {
    this.#releases.get(key)?.();
    this.#releases.delete(key);
  }

  /** Uploads again what could not be uploaded. */
  readonly retryFailed = (): void => {
    this.#set(
      this.#pictures.map((picture) =>
        picture.state === 'failed' ? { ...picture, state: 'waiting', fault: null } : picture,
      ),
    );
    this.#next();
  };

  #next(): void {
    while (this.#running < UPLOADS_AT_ONCE) {
      const picture = this.#pictures.find(({ state }) => state === 'waiting');
      const source = picture && this.#sources.get(picture.key);
      if (!picture || !source) return;
      this.#running++;
      this.#change(picture.key, { state: 'uploading' });
      void this.#run(picture.key, source).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  async #run(key: number, source: UploadSource): Promise<void> {
    let outcome: UploadOutcome;
    try {
      outcome = await this.#upload(await source.read(), source.name);
    } catch {
      outcome = { fault: { code: 'BAD_INPUT', message: t`the picture could not be read` } };
    }
    if ('file' in outcome) {
      this.#sources.delete(key);
      this.#change(key, { state: 'ready', url: outcome.file.url });
    } else {
      this.#change(key, { state: 'failed', fault: outcome.fault });
    }
  }

  #change(key: number, changes: Partial<ChosenPicture>): void {
    this.#set(this.#pictures.map((picture) => (picture.key === key ? { ...picture, ...changes } : picture)));
  }

  #set(pictures: readonly ChosenPicture[]): void {
    this.#pictures = pictures;
    for (const listener of this.#listeners) listener();
  }
}
