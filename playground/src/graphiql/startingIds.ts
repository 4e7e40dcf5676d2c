import { print } from 'graphql';
import { graphql } from '../gql';
import { type ExampleIds, UNKNOWN_IDS } from './examples';

const StartingIdsDocument = graphql(`
  query StartingIds {
    features(first: 1) {
      nodes {
        id
      }
    }
    batches(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes {
        id
        items(first: 1) {
          nodes {
            inputUrl
          }
        }
      }
    }
  }
`);

interface Answer {
  data?: {
    features: { nodes: { id: string }[] };
    batches: { nodes: { id: string; items: { nodes: { inputUrl: string }[] } }[] };
  } | null;
}

/** Ids of the user's own latest batch and of a feature, for the examples; without an answer, placeholders. */
export async function startingIds(token: string): Promise<ExampleIds> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: print(StartingIdsDocument) }),
    });
    const { data } = (await response.json()) as Answer;
    const batch = data?.batches.nodes[0];
    return {
      featureId: data?.features.nodes[0]?.id ?? UNKNOWN_IDS.featureId,
      batchId: batch?.id ?? UNKNOWN_IDS.batchId,
      inputUrl: batch?.items.nodes[0]?.inputUrl ?? UNKNOWN_IDS.inputUrl,
    };
  } catch {
    return UNKNOWN_IDS;
  }
}
