import { createRoot } from 'react-dom/client';
import './kit.css';
import './theme.css';
import './i18n';
import { App } from './app';
import { handOverSignIn } from './auth/popup';

const root = document.getElementById('root');
// A tab that was opened only to sign in hands its answer to the page that opened it and shows nothing of its own.
if (root && !handOverSignIn()) createRoot(root).render(<App />);
