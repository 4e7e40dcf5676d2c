import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

/** Where the texts of the pages are found, and where their translations are kept. */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'zh'],
  catalogs: [{ path: '<rootDir>/src/language/{locale}', include: ['src'], exclude: ['**/*.test.*'] }],
  format: formatter({ lineNumbers: false, printLinguiId: false }),
  orderBy: 'message',
});
