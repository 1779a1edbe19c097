import type { ReactNode } from 'react';
import { useParams } from 'wouter';

export default function ReplayPage(): ReactNode {
  const { number } = useParams<{ number: string }>();
  return (
    <main className="lone">
      <h1>INC-{number}</h1>
    </main>
  );
}
