import { i18n } from '@lingui/core';
import { afterEach, describe, expect, it } from 'vitest';
import { faultText } from '../api/faultText';
import { relativeTime } from '../ui/time';
import { messages as english } from './en.po';
import { count, list } from './format';
import { formatTag, preferred } from './language';
import { messages as chinese } from './zh.po';

afterEach(() => i18n.loadAndActivate({ locale: 'en', messages: english }));

describe('the language of the pages', () => {
  it.each([
    [['zh-CN', 'en'], 'zh'],
    [['zh-Hant-TW'], 'zh'],
    [['de', 'en-GB', 'zh'], 'en'],
    [['ZH'], 'zh'],
    [['de'], 'en'],
    [[], 'en'],
  ])('for %j is %s', (languages, language) => {
    expect(preferred(languages)).toBe(language);
  });

  it('writes dates and numbers as the reader does, where they read it', () => {
    expect(formatTag('en', ['de', 'en-GB'])).toBe('en-GB');
    expect(formatTag('zh', ['en-GB'])).toBe('zh-Hans');
  });

  it('is that of every text, number, list and time', () => {
    i18n.loadAndActivate({ locale: 'zh', locales: 'zh-Hans', messages: chinese });
    const now = new Date('2026-03-01T12:00:00Z');
    expect(relativeTime(new Date('2026-03-01T11:57:00Z'), now)).toBe('3分钟前');
    expect(relativeTime(now, now)).toBe('刚刚');
    expect(list(['甲', '乙', '丙'])).toBe('甲、乙、丙');
    expect(count(12_345)).toBe('12,345');
    const fault = faultText({ code: 'FORBIDDEN', message: 'only who started it may cancel it' }, now);
    // The headline is ours; what the server says stays as it says it.
    expect(fault).toEqual({ title: '没有权限', detail: 'Only who started it may cancel it.' });
  });
});
