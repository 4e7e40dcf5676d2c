import { humanise } from '../forms/schemaFields';

/** The codes of `BatchItem.errorCode` as a person reads them. */
const TITLES: Readonly<Record<string, string>> = {
  FETCH_FAILED: 'The picture could not be fetched',
  FETCH_TIMEOUT: 'Fetching the picture took too long',
  FETCH_FORBIDDEN: 'This address is not allowed',
  FILE_NOT_FOUND: 'The uploaded file is gone',
  NOT_AN_IMAGE: 'This is not a picture',
  CORRUPT_IMAGE: 'The picture is damaged',
  TOO_LARGE: 'The picture is too large',
  STEP_FAILED: 'A step could not be done',
  SERVICE_FAILED: 'A service did not work',
  SERVICE_TIMEOUT: 'A service took too long',
  SERVICE_REFUSED: 'A service refused the picture',
  SERVICE_BAD_ANSWER: 'A service answered something unusable',
  STORAGE_FAILED: 'The file storage failed',
  STORE_FAILED: 'The result could not be stored',
  TIMEOUT: 'The attempt took too long',
  LEASE_EXPIRED: 'The server that worked on it disappeared',
  INTERRUPTED: 'The server was stopped',
  CANCELLED: 'Stopped before it was done',
  PANICKED: 'The server had a problem',
  NOT_RECORDED: 'The outcome could not be saved',
  BAD_ITEM: 'The item cannot be read',
};

/** What an item's error code says in words; one that is not known here is read as it is spelled. */
export function failureTitle(code: string | null | undefined): string {
  if (code == null || code === '') return 'Failed';
  return TITLES[code] ?? humanise(code);
}
