/** A label with its value. With `onChoose` it is a button, which usually narrows what is shown to it. */
import './label-chip.css';
import { visibleText } from '../words/visible-text.ts';

export interface LabelChipProps {
  readonly name: string;
  readonly value: string;
  readonly onChoose?: (() => void) | undefined;
}

export function LabelChip({ name, value, onChoose }: LabelChipProps) {
  const words = (
    <>
      <span class="label-name">{visibleText(name)}</span>
      <span class="label-value">
        <bdi>{value === '' ? '""' : visibleText(value)}</bdi>
      </span>
    </>
  );
  if (onChoose === undefined) return <span class="label-chip">{words}</span>;
  return (
    <button type="button" class="label-chip" title={`Only ${name}="${value}"`} onClick={onChoose}>
      {words}
    </button>
  );
}
