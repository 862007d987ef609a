import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

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
    Menu: {
      defaultProps: { withInitialFocusPlaceholder: false, portalProps: { target: portalTarget }, shadow: 'md' },
    },
    // Its scroll lock writes a style tag, which the policy forbids; theme.css locks the page instead.
    ModalRoot: { defaultProps: { portalProps: { target: portalTarget }, lockScroll: false } },
    Modal: { defaultProps: { portalProps: { target: portalTarget }, lockScroll: false } },
    Tooltip: { defaultProps: { portalProps: { target: portalTarget }, openDelay: 300 } },
  },
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'akko-appearance' });
