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
    processDefinitions(search: "leave", first: 1) {
      nodes {
        key
      }
    }
    tasks(first: 1) {
      nodes {
        id
      }
    }
  }
`);

interface Answer {
  data?: {
    features: { nodes: { id: string }[] };
    batches: { nodes: { id: string; items: { nodes: { inputUrl: string }[] } }[] };
    processDefinitions: { nodes: { key: string }[] };
    tasks: { nodes: { id: string }[] };
  } | null;
}

/** Ids of the user's own latest batch and task, of a feature and a process, for the examples; else placeholders. */
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
      processKey: data?.processDefinitions.nodes[0]?.key ?? UNKNOWN_IDS.processKey,
      taskId: data?.tasks.nodes[0]?.id ?? UNKNOWN_IDS.taskId,
    };
  } catch {
    return UNKNOWN_IDS;
  }
}
