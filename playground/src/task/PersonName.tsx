import { useQuery } from 'urql';
import { PersonNameDocument } from './operations';

/** What a user is called; their id until that is known. */
export function PersonName({ userId }: { userId: string }) {
  const [{ data }] = useQuery({
    query: PersonNameDocument,
    variables: { id: userId },
    requestPolicy: 'cache-first',
  });
  return <>{data?.person?.name ?? userId}</>;
}

/** Several, as a sentence has them. */
export function PeopleNames({ userIds }: { userIds: readonly string[] }) {
  return (
    <>
      {userIds.map((userId, index) => (
        <span key={userId}>
          {index > 0 && (index === userIds.length - 1 ? ' and ' : ', ')}
          <PersonName userId={userId} />
        </span>
      ))}
    </>
  );
}
