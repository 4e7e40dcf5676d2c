import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './styles.css';

import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { firstLanguage, speak, useLanguage } from './language/language';
import { colors, themeIn } from './theme';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');

/** Everything, drawn anew when another language is chosen, so that texts can be looked up wherever they stand. */
function Page() {
  useLanguage();
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider
        theme={themeIn()}
        cssVariablesResolver={colors}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemes}
      >
        <Notifications position="top-right" />
        <ModalsProvider>
          <App />
        </ModalsProvider>
      </MantineProvider>
    </I18nProvider>
  );
}

const colorSchemes = localStorageColorSchemeManager({ key: 'docket.color-scheme' });

await speak(firstLanguage());
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
