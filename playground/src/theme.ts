import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: 'md',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  autoContrast: true,
});

/** Secondary text dark enough to read on grey, too. */
export const colors: CSSVariablesResolver = (base) => ({
  variables: {},
  light: { '--mantine-color-dimmed': base.colors.gray[7] },
  dark: { '--mantine-color-dimmed': base.colors.dark[1] },
});
