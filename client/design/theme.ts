import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver, MantineColorsTuple, VariantColorsResolver } from '@mantine/core';

/** Mantine wants ten shades of a colour; ours are tokens that already differ by theme, so all ten are the same. */
function oneShade(token: string): MantineColorsTuple {
  const shade = `var(${token})`;
  return [shade, shade, shade, shade, shade, shade, shade, shade, shade, shade];
}

interface Fill {
  fill: string;
  hover: string;
  on: string;
  text: string;
  tint: string;
}

function fillOf(color: string | undefined): Fill {
  switch (color ?? 'action') {
    case 'command':
      return named('--command', '--on-command', '--command', '--command-tint');
    case 'danger':
      return named('--danger-fill', '--on-danger', '--danger', '--danger-tint');
    case 'warn':
      return named('--warn-fill', '--on-warn', '--warn', '--warn-tint');
    case 'ok':
      return named('--ok-fill', '--on-ok', '--ok', '--ok-tint');
    case 'neutral':
      return named('--text', '--surface', '--text', '--sunken');
    default:
      return {
        ...named('--action', '--on-action', '--action', '--action-tint'),
        hover: 'var(--action-hover)',
      };
  }
}

function named(fill: string, on: string, text: string, tint: string): Fill {
  return {
    fill: `var(${fill})`,
    hover: `color-mix(in srgb, var(${fill}) 88%, var(--text))`,
    on: `var(${on})`,
    text: `var(${text})`,
    tint: `var(${tint})`,
  };
}

/** Buttons in our tokens: solid for the one main act, edged for the others, bare for the least. */
const variantColorResolver: VariantColorsResolver = ({ color, variant }) => {
  const { fill, hover, on, text, tint } = fillOf(color);
  const edge = '1px solid var(--control)';
  switch (variant) {
    case 'filled':
      return { background: fill, hover, color: on, border: '1px solid transparent' };
    case 'light':
      return { background: tint, hover: tint, color: text, border: '1px solid transparent' };
    case 'outline':
      return { background: 'var(--surface)', hover: 'var(--sunken)', color: text, border: edge };
    case 'default':
      return { background: 'var(--surface)', hover: 'var(--sunken)', color: 'var(--text)', border: edge };
    default:
      return {
        background: 'transparent',
        hover: 'var(--sunken)',
        color: text,
        border: '1px solid transparent',
      };
  }
};

export const theme = createTheme({
  primaryColor: 'action',
  colors: {
    action: oneShade('--action'),
    command: oneShade('--command'),
    danger: oneShade('--danger-fill'),
    warn: oneShade('--warn-fill'),
    ok: oneShade('--ok-fill'),
    neutral: oneShade('--text'),
  },
  primaryShade: 6,
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-code)',
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '1rem', lg: '1.125rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.55', md: '1.6', lg: '1.5', xl: '1.4' },
  headings: { fontWeight: '600' },
  radius: { xs: '4px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver,
  components: {
    Modal: {
      defaultProps: {
        transitionProps: { transition: 'fade', duration: 120 },
        overlayProps: { backgroundOpacity: 1, color: 'var(--scrim)' },
      },
    },
    Checkbox: { defaultProps: { size: 'md' } },
    Radio: { defaultProps: { size: 'md' } },
  },
});

/** Mantine's own variables, told in our tokens, so that one set of colours is right in both themes. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const tokens = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-anchor': 'var(--action)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--control)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--muted)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-primary-color-filled': 'var(--action)',
    '--mantine-primary-color-filled-hover': 'var(--action-hover)',
    '--mantine-primary-color-light': 'var(--action-tint)',
    '--mantine-primary-color-light-hover': 'var(--action-tint)',
    '--mantine-primary-color-light-color': 'var(--action)',
    '--mantine-primary-color-contrast': 'var(--on-action)',
    '--mantine-color-white': 'var(--on-action)',
  };
  // Some of Mantine's styles name its own greys by number.
  const greys = {
    '--mantine-color-dark-4': 'var(--control)',
    '--mantine-color-dark-5': 'var(--sunken)',
    '--mantine-color-dark-6': 'var(--surface)',
    '--mantine-color-dark-7': 'var(--surface)',
    '--mantine-color-dark-8': 'var(--sunken)',
    '--mantine-color-gray-0': 'var(--sunken)',
    '--mantine-color-gray-1': 'var(--sunken)',
    '--mantine-color-gray-2': 'var(--line)',
    '--mantine-color-gray-3': 'var(--control)',
    '--mantine-color-gray-4': 'var(--control)',
  };
  return { variables: {}, light: { ...tokens, ...greys }, dark: { ...tokens, ...greys } };
};
