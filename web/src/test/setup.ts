import '@testing-library/jest-dom/vitest';
import i18next from '../i18n';
import { afterEach } from 'vitest';
import { cleanup, configure } from '@testing-library/react';

// A busy machine may take longer than the second that is usual.
configure({ asyncUtilTimeout: 5000 });

// What the kit asks of a browser and jsdom does not have.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }) as MediaQueryList;
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Element.prototype.scrollIntoView ??= () => undefined;

HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};

afterEach(async () => {
  cleanup();
  await i18next.changeLanguage('en');
});
