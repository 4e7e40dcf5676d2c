import type { MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { humanise } from '../forms/schemaFields';
import { say } from '../language/format';

/** The codes of `BatchItem.errorCode` as a person reads them. */
const TITLES: Readonly<Record<string, MessageDescriptor>> = {
  FETCH_FAILED: msg`The picture could not be fetched`,
  FETCH_TIMEOUT: msg`Fetching the picture took too long`,
  FETCH_FORBIDDEN: msg`This address is not allowed`,
  FILE_NOT_FOUND: msg`The uploaded file is gone`,
  NOT_AN_IMAGE: msg`This is not a picture`,
  CORRUPT_IMAGE: msg`The picture is damaged`,
  TOO_LARGE: msg`The picture is too large`,
  STEP_FAILED: msg`A step could not be done`,
  SERVICE_FAILED: msg`A service did not work`,
  SERVICE_TIMEOUT: msg`A service took too long`,
  SERVICE_REFUSED: msg`A service refused the picture`,
  SERVICE_BAD_ANSWER: msg`A service answered something unusable`,
  STORAGE_FAILED: msg`The file storage failed`,
  STORE_FAILED: msg`The result could not be stored`,
  TIMEOUT: msg`The attempt took too long`,
  LEASE_EXPIRED: msg`The server that worked on it disappeared`,
  INTERRUPTED: msg`The server was stopped`,
  CANCELLED: msg`Stopped before it was done`,
  PANICKED: msg`The server had a problem`,
  NOT_RECORDED: msg`The outcome could not be saved`,
  BAD_ITEM: msg`The item cannot be read`,
  HANDLED: msg`Somebody has decided it`,
  LOCKED: msg`Another batch holds it`,
  LISTED_TWICE: msg`It is in the batch already`,
  NOT_YOURS: msg`It is no longer yours`,
  INSTANCE_ENDED: msg`The process has ended`,
  INTERNAL: msg`The server had a problem`,
  NOT_FOUND: msg`There is no such task`,
  FORBIDDEN: msg`It is not yours to decide`,
  NO_BATCHES: msg`Such tasks are decided one by one`,
  SUSPENDED: msg`The process is suspended`,
  CONFLICT: msg`The task stands otherwise`,
  CHANGED: msg`It has changed since the sheet was made`,
  BAD_INPUT: msg`Something is missing or wrong`,
  VETOED: msg`Another system has refused it`,
};

/** What an item's error code says in words; one that is not known here is read as it is spelled. */
export function failureTitle(code: string | null | undefined): string {
  if (code == null || code === '') return t`Failed`;
  const title = TITLES[code];
  return title ? say(title) : humanise(code);
}

/** Why an item has failed or was ignored, with the field at fault before it; null where nothing is said. */
export function failureReason({ errorField, errorMessage }: Told): string | null {
  if (errorMessage == null || errorMessage === '') return errorField ?? null;
  return errorField == null ? errorMessage : `${errorField}: ${errorMessage}`;
}

interface Told {
  errorField: string | null;
  errorMessage: string | null;
}
