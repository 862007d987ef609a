import { createTheme, localStorageColorSchemeManager, Menu, Modal, Tooltip } from '@mantine/core';

/** Everything that floats is drawn inside the shell's own node, so that it belongs to a landmark. */
export const portalTarget = '#floating';

export const theme = createTheme({
  primaryColor: 'indigo',
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Menu: Menu.extend({
      defaultProps: { withInitialFocusPlaceholder: false, portalProps: { target: portalTarget }, shadow: 'md' },
    }),
    Modal: Modal.extend({ defaultProps: { portalProps: { target: portalTarget }, centered: true } }),
    Tooltip: Tooltip.extend({ defaultProps: { portalProps: { target: portalTarget }, openDelay: 300 } }),
  },
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'akko-appearance' });
