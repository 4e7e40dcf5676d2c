import type { UploadSource } from './pictureBasket';

/** A photograph that ships with the playground, with where it is from. */
export interface Sample {
  file: string;
  title: string;
  author: string;
  source: string;
  license: string;
}

const FOLDER = '/samples';

/** The sample photographs; throws when they cannot be loaded. */
export async function loadSamples(): Promise<readonly Sample[]> {
  const response = await fetch(`${FOLDER}/manifest.json`);
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as Sample[];
}

export const sampleUrl = (sample: Sample): string => `${FOLDER}/${sample.file}`;

/** A sample as an upload: it takes the same way as a person's own picture. */
export function sampleSource(sample: Sample): UploadSource {
  return {
    name: sample.file,
    preview: sampleUrl(sample),
    read: async () => {
      const response = await fetch(sampleUrl(sample));
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      return response.blob();
    },
  };
}
