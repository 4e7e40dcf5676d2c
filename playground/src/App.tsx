import { BrowserRouter, Route, Routes } from 'react-router';
import { BatchPage } from './batch/BatchPage';
import { BatchesPage } from './batches/BatchesPage';
import { FeaturesPage } from './features/FeaturesPage';
import { QuotaPage } from './quota/QuotaPage';
import { SessionProvider } from './session/SessionProvider';
import { NotFoundPage } from './shell/NotFoundPage';
import { Shell } from './shell/Shell';

export function App() {
  return (
    <SessionProvider>
      <BrowserRouter>
        <Routes>
          <Route element={<Shell />}>
            <Route index element={<BatchesPage />} />
            <Route path="batches/:id" element={<BatchPage />} />
            <Route path="features" element={<FeaturesPage />} />
            <Route path="quota" element={<QuotaPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Route>
        </Routes>
      </BrowserRouter>
    </SessionProvider>
  );
}
