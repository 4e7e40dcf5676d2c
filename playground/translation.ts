import { transformAsync } from '@babel/core';
import linguiMacro from '@lingui/babel-plugin-lingui-macro';
import type { Plugin } from 'vite';

/** Makes lookups in the catalogue of the texts that are marked for translation, in the source as it was written. */
export function translation(): Plugin {
  return {
    name: 'translation',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/.*\.tsx?$/, code: '/macro' },
      async handler(code, id) {
        const answer = await transformAsync(code, {
          filename: id,
          babelrc: false,
          configFile: false,
          sourceMaps: true,
          parserOpts: { plugins: id.endsWith('x') ? ['typescript', 'jsx'] : ['typescript'] },
          plugins: [linguiMacro],
        });
        return answer?.code == null ? null : { code: answer.code, map: answer.map };
      },
    },
  };
}
