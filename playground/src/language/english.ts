import { i18n } from '@lingui/core';
import { messages } from './en.po';

// Tests read the pages' texts in the language in which these are written.
i18n.loadAndActivate({ locale: 'en', messages });
