import { describe, expect, it } from 'vitest';
import { checkDraft, createInput, draftOf, updateInput } from './webhookDraft';

const told = { ...draftOf(null), url: ' https://erp.example/docket ', description: ' bookings ' };
const asked = { ...told, mode: 'BEFORE_ACTION' as const, actions: ['APPROVE' as const] };

describe('a webhook that is filled in', () => {
  it('needs an address of the web', () => {
    expect(checkDraft(told)).toEqual({});
    for (const url of ['', 'erp.example', 'ftp://erp.example', 'https://'])
      expect(checkDraft({ ...told, url }).url).toContain('https://');
  });

  it('needs something to be asked before', () => {
    expect(checkDraft(asked)).toEqual({});
    expect(checkDraft({ ...asked, actions: [] }).actions).toBeDefined();
  });

  it('leaves to the server what nobody has said', () => {
    expect(createInput(told)).toEqual({
      mode: 'NOTIFY',
      url: 'https://erp.example/docket',
      description: 'bookings',
    });
    expect(createInput({ ...asked, definitionKey: 'orders', timeoutSeconds: 5 })).toEqual({
      mode: 'BEFORE_ACTION',
      url: 'https://erp.example/docket',
      description: 'bookings',
      definitionKey: 'orders',
      timeoutSeconds: 5,
      actions: ['APPROVE'],
      onFailure: 'REFUSE',
    });
  });

  it('takes back what it was narrowed to', () => {
    expect(updateInput('w', told)).toEqual({
      webhookId: 'w',
      url: 'https://erp.example/docket',
      description: 'bookings',
      definitionKey: null,
      timeoutSeconds: 20,
      eventTypes: null,
    });
    expect(updateInput('w', { ...told, eventTypes: ['JOB_FAILED'] }).eventTypes).toEqual(['JOB_FAILED']);
    expect(updateInput('w', asked)).toMatchObject({ timeoutSeconds: 10, actions: ['APPROVE'] });
    expect(updateInput('w', asked)).not.toHaveProperty('eventTypes');
  });
});
