import { t } from '@lingui/core/macro';
import { createTheme, type CSSVariablesResolver, type MantineThemeOverride } from '@mantine/core';

/** What everything is written in: where there is nothing else, in the system's own Chinese. */
export const FONT =
  "'Inter Variable', system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

const base = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily: FONT,
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  autoContrast: true,
});

/** The theme with what the library's own buttons are called in the language that is spoken. */
export function themeIn(): MantineThemeOverride {
  const closeButtonProps = { 'aria-label': t`Close` };
  return {
    ...base,
    components: {
      Modal: { defaultProps: { closeButtonProps } },
      Drawer: { defaultProps: { closeButtonProps } },
      Notification: { defaultProps: { closeButtonProps } },
    },
  };
}

/** Text on a light tint of its own colour, dark enough to read. */
const ON_TINT = {
  gray: '#343a40',
  blue: '#154f86',
  teal: '#055640',
  yellow: '#6b4200',
  red: '#991b1b',
  grape: '#702787',
  orange: '#863006',
  indigo: '#3146b8',
};

/** Where the library's own colours are too weak to read, ours. */
export const colors: CSSVariablesResolver = (base) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': base.colors.gray[7],
    '--mantine-color-placeholder': '#6c757d',
    '--mantine-color-red-text': base.colors.red[9],
    '--mantine-color-error': base.colors.red[9],
    '--mantine-color-teal-text': base.colors.teal[9],
    ...Object.fromEntries(
      Object.entries(ON_TINT).map(([name, color]) => [`--mantine-color-${name}-light-color`, color]),
    ),
  },
  dark: {
    '--mantine-color-dimmed': base.colors.dark[1],
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': base.colors.red[4],
  },
});
