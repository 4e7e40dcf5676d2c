import js from '@eslint/js';
import lingui from 'eslint-plugin-lingui';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** The attributes whose texts somebody reads. */
const READ =
  'label|title|placeholder|description|text|alt|caption|help|note|near|nothingFoundMessage|showLabel|hideLabel|validationError|aria-(label|description|roledescription|valuetext)';

export default tseslint.config(
  { ignores: ['dist', 'src/gql', 'public', 'scripts', 'eslint.config.js'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['src/**/*.tsx', 'src/**/*.ts'], ...reactHooks.configs.flat.recommended },
  {
    // Every text that somebody reads is marked for translation.
    files: ['src/**/*.tsx', 'src/**/*.ts'],
    ignores: [
      'src/**/*.test.ts',
      'src/**/*.test.tsx',
      'src/graphiql/**',
      'src/**/operations.ts',
      'src/api/fragments.ts',
    ],
    plugins: { lingui },
    rules: {
      // What the rule below does not see: attributes of generic components, and single words.
      'no-restricted-syntax': [
        'error',
        {
          selector: `JSXAttribute[name.name=/^(${READ})$/] > Literal[value=/[A-Za-z]{2}/]:not([value=/^(Docket$|https:)/])`,
          message: 'What somebody reads is translated.',
        },
        {
          selector:
            'JSXText[value=/[A-Za-z]{2}/]:not([value=/^\\s*(Docket|GraphiQL)\\s*$/]):not(JSXElement[openingElement.name.name=/^(Trans|code)$/] JSXText)',
          message: 'What somebody reads is translated: <Trans>…</Trans>.',
        },
      ],
      'lingui/no-single-tag-to-translate': 'error',
      'lingui/no-single-variables-to-translate': 'error',
      'lingui/no-trans-inside-trans': 'error',
      'lingui/no-unlocalized-strings': [
        'error',
        {
          useTsTypes: true,
          ignore: [
            '^[^A-Za-z]*$',
            // Keys, values of attributes and names in code; addresses, selectors, colours, patterns of time.
            '^[a-z][\\w.:-]*$',
            '^[A-Z][A-Z_]*$',
            '^[#:./?]',
            '^(image|text)/',
            '(^|\\()--',
            '^https?:',
            '^Bearer$',
            '^T\\d\\d:',
            // What has the same name in every language.
            '^(· )?Docket$',
            '^GraphiQL$',
            '^English$',
          ],
          ignoreNames: [
            {
              regex: {
                pattern:
                  '^(className|key|id|to|size|color|variant|style|w|h|src|accept|type|role|href|gap|p|m.?|p.|fz|fw|c|bg|flex|maw|miw|mah|mih|radius|justify|align|wrap|rel|target|method|event|testId|solid|ff|tt|td|ta|path|operationName|fontFamily|FONT)$',
              },
            },
            { regex: { pattern: '^data-' } },
            {
              regex: {
                pattern: '^aria-(controls|current|hidden|expanded|pressed|live|describedby|labelledby)$',
              },
            },
          ],
          ignoreFunctions: [
            'Error',
            'graphql',
            'console.*',
            '*.setAttribute',
            '*.querySelector',
            '*.querySelectorAll',
            '*.closest',
            '*.addEventListener',
            'URL',
            'URLSearchParams',
            'RegExp',
            '*.get',
            '*.on',
            '*.getContext',
          ],
        },
      ],
    },
  },
);
