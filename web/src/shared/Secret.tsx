import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Copies text; the button says so for a moment. Over plain HTTP the clipboard may be closed: the text stays selectable. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation('shared');
  const [copied, setCopied] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      setCopied(false);
    }
  }
  return (
    <Button icon={copied ? <CheckOutlined /> : <CopyOutlined />} onClick={() => void copy()} aria-live="polite">
      {copied ? t('copied') : (label ?? t('copy'))}
    </Button>
  );
}

/** A secret that is shown once, in type that can be read aloud. */
export function Secret({ text }: { text: string }) {
  return <output className="ac-secret ac-mono">{text}</output>;
}
