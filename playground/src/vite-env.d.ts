/// <reference types="vite/client" />

// A catalogue as `@lingui/vite-plugin` makes a module of it.
declare module '*.po' {
  import type { Messages } from '@lingui/core';
  export const messages: Messages;
}
