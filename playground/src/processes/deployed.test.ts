import { describe, expect, it } from 'vitest';
import { afterDeploying, deployedIn, deployedText } from './deployed';

const order = { key: 'order', name: 'Orders', version: 3 };
const parcel = { key: 'parcel', name: 'Parcels', version: 1 };
const bill = { key: 'bill/1', name: 'Bills', version: 12 };

describe('what was deployed', () => {
  it('is named with its version where it is one process', () => {
    expect(deployedText([order])).toBe('Orders is at version 3.');
  });

  it('is named with keys and versions where there are several', () => {
    expect(deployedText([order, parcel])).toBe(
      'Orders (order) at version 3 and Parcels (parcel) at version 1',
    );
    expect(deployedText([order, parcel, bill])).toContain('Bills (bill/1) at version 12');
  });

  it('is where one goes from there: to the one, or to the list', () => {
    expect(afterDeploying([bill])).toEqual({ to: '/processes/bill%2F1?version=12' });
    expect(afterDeploying([order, parcel])).toEqual({
      to: '/processes',
      state: { deployed: [order, parcel] },
    });
  });

  it('is read again from what the list is opened with', () => {
    expect(deployedIn(afterDeploying([order, parcel]).state)).toEqual([order, parcel]);
    expect(deployedIn({ deployed: [order, { key: 'parcel' }, null, 7] })).toEqual([order]);
  });

  it.each([null, undefined, 'deployed', {}, { deployed: 'order' }])('is nothing in %j', (state) => {
    expect(deployedIn(state)).toEqual([]);
  });
});
