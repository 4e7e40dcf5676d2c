import { t } from '@lingui/core/macro';
import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconLanguage } from '@tabler/icons-react';
import { networkFault } from '../api/fault';
import { choose, type Language, LANGUAGE_TAGS, LANGUAGES, useLanguage } from '../language/language';
import { notifyFault } from '../ui/notify';

/** Chooses the language of the pages, each by its own name. */
export function LanguageMenu() {
  const current = useLanguage();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t`Language`} data-testid="language">
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            lang={LANGUAGE_TAGS[language]}
            rightSection={language === current ? <IconCheck size={16} aria-label={t`current`} /> : null}
            onClick={() => void choose(language).catch(() => notifyFault(networkFault()))}
          >
            {LANGUAGES[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
