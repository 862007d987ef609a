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
    Tooltip: { defaultProps: { portalProps: { target: portalTarget }, openDelay: 300 } },
  },
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'akko-appearance' });
