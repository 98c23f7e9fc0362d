import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

/** The one question of the page; also names the browser tab. */
export function PageHeader({
  title,
  tabTitle,
  sub,
  tools,
}: {
  title: ReactNode;
  tabTitle?: string;
  sub?: ReactNode;
  tools?: ReactNode;
}) {
  const { t } = useTranslation('app');
  const name = tabTitle ?? (typeof title === 'string' ? title : '');
  const brand = t('brand.full');
  useEffect(() => {
    document.title = name ? `${name} · ${brand}` : brand;
  }, [name, brand]);
  return (
    <div className="ac-page-head">
      <div className="ac-page-titles">
        <h1>{title}</h1>
        {sub && <div className="ac-page-sub">{sub}</div>}
      </div>
      {tools && <div className="ac-page-tools ac-no-print">{tools}</div>}
    </div>
  );
}

/** A bordered part of a page with its own heading. */
export function Panel({
  title,
  tools,
  children,
  flush = false,
  id,
}: {
  title?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  flush?: boolean;
  id?: string;
}) {
  return (
    <section className="ac-panel" id={id}>
      {(title || tools) && (
        <header>
          {title && <h2>{title}</h2>}
          {tools && <div className="ac-row ac-no-print">{tools}</div>}
        </header>
      )}
      {flush ? children : <div className="ac-panel-body">{children}</div>}
    </section>
  );
}
