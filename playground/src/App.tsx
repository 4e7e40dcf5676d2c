import { BrowserRouter, Route, Routes } from 'react-router';
import { BatchPage } from './batch/BatchPage';
import { BatchesPage } from './batches/BatchesPage';
import { FeaturesPage } from './features/FeaturesPage';
import { InboxPage } from './inbox/InboxPage';
import { InboxProvider } from './inbox/InboxProvider';
import { IncidentsPage } from './incidents/IncidentsPage';
import { InstancePage } from './instance/InstancePage';
import { JobsPage } from './jobs/JobsPage';
import { ComparePage } from './processes/ComparePage';
import { DefinitionPage } from './processes/DefinitionPage';
import { DeployPage } from './processes/DeployPage';
import { ProcessesPage } from './processes/ProcessesPage';
import { QuotaPage } from './quota/QuotaPage';
import { SessionProvider } from './session/SessionProvider';
import { NotFoundPage } from './shell/NotFoundPage';
import { Shell } from './shell/Shell';
import { TaskPage } from './task/TaskPage';
import { WebhookPage } from './webhooks/WebhookPage';
import { WebhooksPage } from './webhooks/WebhooksPage';

export function App() {
  return (
    <SessionProvider>
      <InboxProvider>
        <BrowserRouter>
          <Routes>
            <Route element={<Shell />}>
              <Route index element={<BatchesPage />} />
              <Route path="batches/:id" element={<BatchPage />} />
              <Route path="inbox" element={<InboxPage />} />
              <Route path="tasks/:id" element={<TaskPage />} />
              <Route path="processes" element={<ProcessesPage />} />
              <Route path="processes/:key" element={<DefinitionPage />} />
              <Route path="processes/:key/compare" element={<ComparePage />} />
              <Route path="deploy" element={<DeployPage />} />
              <Route path="instances/:id" element={<InstancePage />} />
              <Route path="incidents" element={<IncidentsPage />} />
              <Route path="jobs" element={<JobsPage />} />
              <Route path="webhooks" element={<WebhooksPage />} />
              <Route path="webhooks/:id" element={<WebhookPage />} />
              <Route path="features" element={<FeaturesPage />} />
              <Route path="quota" element={<QuotaPage />} />
              <Route path="*" element={<NotFoundPage />} />
            </Route>
          </Routes>
        </BrowserRouter>
      </InboxProvider>
    </SessionProvider>
  );
}
