import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useLiveUpdates } from '../api/live';
import { useMe } from '../auth/guard';
import { useSession } from '../auth/provider';
import { SessionBanner } from '../auth/session-banner';
import { type Language, languages, setLanguage } from '../i18n';
import { routes } from '../routes';
import { Notice } from './Notice';
import classes from './Shell.module.css';

const appearances = [
  { value: 'auto', label: 'appearanceAuto' },
  { value: 'light', label: 'appearanceLight' },
  { value: 'dark', label: 'appearanceDark' },
] as const;

function AppearanceItems() {
  const { t } = useTranslation();
  // Holding back transitions would take a style tag, which the policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)}>
      <Menu.Label>{t('appearance')}</Menu.Label>
      {appearances.map(({ value, label }) => (
        <Menu.RadioItem key={value} value={value}>
          {t(label)}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const { manager } = useSession();
  const signOut = async () => {
    const target = new URL(manager.settings.redirect_uri);
    target.searchParams.set('signed-out', '1');
    try {
      await manager.signoutRedirect();
    } catch {
      // An issuer without that endpoint: forgetting the tokens is all there is to do.
      await manager.removeUser();
      window.location.replace(target);
    }
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={t('account', { user: me.user })}>
          {/* Letter and arrow are drawn by the sheet: they are no part of the button's name. */}
          <span className={classes.avatar} data-letter={me.user.slice(0, 1).toUpperCase()} />
          <span className={classes.user}>{me.user}</span>
          <span className={classes.arrow} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <AppearanceItems />
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
        <Menu.Label>{t('version', { version: me.server.version })}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}

function LanguageSwitch() {
  const { i18n } = useTranslation();
  const others = (Object.keys(languages) as Language[]).filter((each) => each !== i18n.language);
  return others.map((each) => (
    <UnstyledButton key={each} lang={each} className={classes.language} onClick={() => void setLanguage(each)}>
      {languages[each]}
    </UnstyledButton>
  ));
}

/** What stands around every screen: header, banners, landmark of the content. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  const { lost } = useSession();
  const live = useLiveUpdates();
  return (
    <>
      <button
        type="button"
        className={classes.skip}
        onClick={() => {
          document.getElementById('content')?.focus();
        }}
      >
        {t('skip')}
      </button>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link href={routes.list} className={classes.brand}>
            <img src="./favicon.svg" alt="" width="24" height="24" />
            <span className={classes.product}>{t('product')}</span>
            <span className={classes.slash} aria-hidden="true">
              /
            </span>
            <span className={classes.area}>{t('area')}</span>
          </Link>
          {me.server.dev_issuer && (
            <span className={classes.badge} title={t('developmentNote')}>
              {t('developmentBadge')}
            </span>
          )}
          <span className={classes.spring} />
          <LanguageSwitch />
          <AccountMenu />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={classes.main}>
        <div className={classes.banners}>
          <SessionBanner />
          {!me.server.trino.up && (
            <Notice tone="warn" role="status">
              {t('trinoDown')}
            </Notice>
          )}
          {!live && !lost && (
            <p role="status" className="muted small">
              {t('streamLost')}
            </p>
          )}
        </div>
        {children}
        <div id="floating" />
      </main>
    </>
  );
}
