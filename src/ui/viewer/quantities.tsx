interface QuantitiesProps {
  rows: readonly (readonly [name: string, value: string])[];
  /** What tests and styles know it by. */
  part?: string;
}

/** Measured values by their names. */
export function Quantities({ rows, part }: QuantitiesProps) {
  return (
    <dl class="quantities" data-part={part}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
