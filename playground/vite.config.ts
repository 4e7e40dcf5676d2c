import { lingui } from '@lingui/vite-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { translation } from './translation.ts';

const server = process.env.DOCKET_TEST_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [
    translation(),
    react(),
    // A text without its translation fails the build.
    lingui({ failOnMissing: true, failOnCompileError: true }),
    {
      // The server answers /graphiql with the second page; the development server does the same.
      name: 'graphiql-page',
      configureServer(vite) {
        vite.middlewares.use((request, _response, next) => {
          if (request.url === '/graphiql') request.url = '/graphiql.html';
          next();
        });
      },
    },
  ],
  build: {
    // Monaco, the editor inside GraphiQL, is one large chunk that only /graphiql loads.
    chunkSizeWarningLimit: 4500,
    rolldownOptions: {
      input: { index: 'index.html', graphiql: 'graphiql.html' },
      onLog: (level, log, report) => {
        // GraphiQL's modules carry a directive to a compiler that is not used here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  server: {
    proxy: {
      '^/graphql(\\?|$)': { target: server },
      '/graphql/ws': { target: server, ws: true },
      '/files': { target: server },
      '/dev': { target: server },
      '^/batches/[^/]+/.+': { target: server },
      '/approvals/': { target: server },
    },
  },
  test: { include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/language/english.ts'] },
});
